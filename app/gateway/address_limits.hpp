#pragma once

#include "app/gateway/token_bucket.hpp"
#include <rollcall/gateway_stats.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rollcall::channels {

/// Who connects, as far as limits tell people apart: an IPv4 address, or the
/// first 64 bits of an IPv6 address, since a household has all of the rest.
struct address_key {
  std::uint64_t bits = 0;
  bool is_v6 = false;

  [[nodiscard]] static address_key of(const boost::asio::ip::address& from);

  friend bool operator==(const address_key&, const address_key&) = default;
};

/// Networks, like `10.0.0.0/8` or `::1/128`.
class network_list {
public:
  /// @returns nothing if an entry is no network or address.
  [[nodiscard]] static std::optional<network_list>
  parse(const std::vector<std::string>& entries);

  [[nodiscard]] bool contains(const boost::asio::ip::address& which) const;

private:
  std::vector<boost::asio::ip::network_v4> v4_;
  std::vector<boost::asio::ip::network_v6> v6_;
};

/// How often each address may connect, and how often it may be connected.
///
/// Bounded: `addresses_max` addresses. When that many are connected or have
///          connected of late, further ones are let in uncounted: other limits
///          hold for them, too.
/// Threads: any. Time is an argument.
class address_limits {
public:
  using clock = token_bucket::clock;
  static constexpr std::size_t addresses_max = 65'536;

  /// A counted connection. Gives its place back when it goes.
  class lease {
  public:
    lease() = default;
    lease(address_limits& where, address_key who) noexcept
        : where_{&where},
          who_{who} {
    }
    lease(lease&& other) noexcept
        : where_{std::exchange(other.where_, nullptr)},
          who_{other.who_} {
    }
    lease& operator=(lease&& other) noexcept {
      std::swap(where_, other.where_);
      std::swap(who_, other.who_);
      return *this;
    }
    ~lease() {
      end();
    }

    void end() noexcept {
      if (auto* where = std::exchange(where_, nullptr))
        where->leave(who_);
    }

  private:
    address_limits* where_ = nullptr;
    address_key who_;
  };

  /// @param connections_max 0: no bound.
  address_limits(rate connects, std::size_t connections_max,
                 network_list exempt)
      : connects_{connects},
        connections_max_{connections_max},
        exempt_{std::move(exempt)} {
  }

  /// Counts a connection in. @returns why not, if it must not be; `place` is
  /// what counts it.
  [[nodiscard]] std::optional<refusal>
  enter(const boost::asio::ip::address& from, clock::time_point now,
        lease& place);

  [[nodiscard]] std::size_t size() const;

private:
  struct hasher {
    std::size_t operator()(const address_key& key) const noexcept {
      return std::hash<std::uint64_t>{}(key.bits);
    }
  };

  struct record {
    token_bucket connects;
    std::size_t connections = 0;
  };

  void leave(address_key who) noexcept;
  void forget_idle(clock::time_point now);

  const rate connects_;
  const std::size_t connections_max_;
  const network_list exempt_;
  mutable std::mutex mutex_;
  std::unordered_map<address_key, record, hasher> records_;
  std::size_t next_look_ = 1024; ///< Size at which to look for idle ones,
  clock::time_point look_at_{};  ///< not before this time.
};

} // namespace rollcall::channels
