#pragma once

#include "app/node/log.hpp"
#include <rollcall/cluster.hpp>
#include <rollcall/config.hpp>
#include <rollcall/gateway.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace rollcall::node {

/// The built-in channel.
struct channel_settings {
  std::vector<std::string> patterns{"*"}; ///< Topics that may be joined.
  bool relay = true;                      ///< Pass on unknown events.
  std::uint32_t linger_ms = 0;            ///< See `track_options`.
  /// The most that a client may ask for, if its token says nothing else.
  std::uint32_t linger_ms_max = 0;
  std::chrono::milliseconds counts_interval{1000}; ///< See `watch_counts`.
  std::chrono::milliseconds range_interval{1000};  ///< See `watch_range`.
  std::uint32_t range_presences_max = 100;         ///< Of a range of a client.
};

/// Who may connect. Nothing set: everybody.
struct auth_settings {
  std::string hs256_secret;
  std::string hs256_secret_file;
  std::string rs256_public_key_file;
  std::string audience;           ///< Empty: any.
  std::string issuer;             ///< Empty: any.
  std::chrono::seconds leeway{0}; ///< For clocks that differ.

  [[nodiscard]] bool is_enabled() const noexcept {
    return !hs256_secret.empty() || !hs256_secret_file.empty()
           || !rs256_public_key_file.empty();
  }
};

/// Who may see the page and `/api`.
struct admin_settings {
  std::string token;
  std::string token_file;
};

/// Where the node's peers are, and how it parts from them.
struct cluster_settings {
  cluster_config net;
  /// Whether peers hear of the end at once, or wait `down_after`, so that
  /// clients which reconnect elsewhere are not seen to leave.
  bool leave_at_once = true;

  [[nodiscard]] bool is_enabled() const noexcept {
    return !net.listen.empty() || !net.peers.empty();
  }
};

/// All that can be set on a node, in its units, with its defaults.
struct node_settings {
  config runtime;
  gateway_config gateway;
  channel_settings channel;
  auth_settings auth;
  admin_settings admin;
  cluster_settings cluster;
  log_level level = log_level::info;
  /// Time over which clients are told to go elsewhere at the end.
  std::chrono::milliseconds drain{10'000};
};

} // namespace rollcall::node
