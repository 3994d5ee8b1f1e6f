#pragma once

#include "app/gateway/address_limits.hpp"
#include "app/gateway/client_limits.hpp"
#include "app/gateway/handshake.hpp"
#include "app/gateway/transport.hpp"
#include <rollcall/gateway.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::channels {

class shared_subscriptions;
class worker;

/// What all parts of one gateway share. Nothing here changes once it listens
/// but the atomics, the certificates, and what is left of limits.
struct gateway_core : std::enable_shared_from_this<gateway_core> {
  struct served_pattern {
    std::string pattern;
    channel_factory make;
  };

  gateway_core(caf::actor_system& actors, presence runtime,
               gateway_config config);
  ~gateway_core();

  /// Loads and parses what the settings name. Errors: `invalid_config`.
  [[nodiscard]] caf::error prepare();

  /// Loads the certificates again. Connections that there are keep theirs, and
  /// so does the gateway if something is wrong. Errors: `invalid_config`.
  [[nodiscard]] caf::error reload_certificates();

  /// What new connections shake hands with; null without TLS.
  [[nodiscard]] std::shared_ptr<SSL_CTX> certificates() const;

  /// The first factory whose pattern fits; null if none does.
  [[nodiscard]] const channel_factory* find(std::string_view topic) const;

  /// Drops the embedder's functions, which may hold handles of this gateway.
  /// @pre the I/O threads have ended.
  void forget_callbacks();

  caf::actor_system& system;
  presence who;
  const gateway_config settings;
  std::vector<served_pattern> served;
  connect_function decide;
  async_connect_function decide_later;
  renew_function renew;
  http_function answer;
  origin_policy origins;
  host_policy hosts;
  path_pattern path;
  path_pattern longpoll_path;
  const client_rates client_limits;
  const client_rates user_limits;
  user_budgets users;
  address_limits addresses;
  token_bucket joins; ///< Of the node; behind `joins_mutex`.
  std::mutex joins_mutex;
  caf::actor fetcher; ///< Lists with enrichment; empty if there is none.
  caf::actor disconnect_listener;
  std::unique_ptr<shared_subscriptions> topics;
  std::vector<std::shared_ptr<worker>> workers;
  std::atomic<std::uint64_t> last_channel_id{0};
  std::atomic<std::size_t> session_count{0};
  std::atomic<bool> is_draining{false};

private:
  mutable std::mutex certificates_mutex_;
  std::shared_ptr<SSL_CTX> certificates_;
};

} // namespace rollcall::channels
