#pragma once

#include "app/gateway/protocol.hpp"
#include "app/gateway/token_bucket.hpp"
#include <rollcall/gateway_stats.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace rollcall::channels {

/// How often a client, or a user with all connections, may do what.
struct client_rates {
  rate messages; ///< Of all kinds.
  rate joins;
  rate presence_calls; ///< `follow`, `unfollow` and `presence:*`.
};

/// What becomes of a message.
struct admission {
  std::optional<refusal> refused; ///< Nothing: it is let in.
  token_bucket::clock::duration retry_after{};
};

/// What a client, or a user, has left of its rates.
class client_budget {
public:
  [[nodiscard]] admission take(const message& message,
                               const client_rates& limits,
                               token_bucket::clock::time_point now) noexcept;

  [[nodiscard]] bool
  is_full(token_bucket::clock::time_point now) const noexcept;

private:
  token_bucket messages_;
  token_bucket joins_;
  token_bucket presence_calls_;
};

/// Of refused messages a connection may send so many; then it is closed, as
/// somebody who does not listen.
inline constexpr rate refused_messages{10, 100};

/// The answer to a message that is refused: `rate_limited`, and when to come
/// back.
[[nodiscard]] std::string rate_limited(token_bucket::clock::duration wait);

/// The budgets of users, each shared by all its connections.
///
/// Bounded: a user whose last connection went is kept until the budget is full
///          again; such are looked for as the table grows.
/// Threads: any.
class user_budgets {
public:
  using clock = token_bucket::clock;

  explicit user_budgets(const client_rates& limits) : limits_{limits} {
  }

  /// One user's, for a connection to keep.
  class account {
  public:
    [[nodiscard]] admission take(const message& message,
                                 const client_rates& limits,
                                 clock::time_point now);
    [[nodiscard]] bool is_full(clock::time_point now);

  private:
    std::mutex mutex_;
    client_budget budget_;
  };

  /// The account of a user. Empty if users are not limited, or have no name.
  [[nodiscard]] std::shared_ptr<account> open(const std::string& user,
                                              clock::time_point now);

  [[nodiscard]] std::size_t size() const;

private:
  void forget_idle(clock::time_point now);

  const client_rates limits_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<account>> accounts_;
  std::size_t next_look_ = 1024; ///< Size at which to look for idle ones.
};

} // namespace rollcall::channels
