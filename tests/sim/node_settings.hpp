#pragma once

#include "crdt/replication/membership.hpp"
#include "crdt/shard/shard_core.hpp"
#include "tests/sim/simulated_time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace rollcall::sim {

/// How the nodes of a run and their shards are set.
struct node_settings : crdt::shard_settings {
  crdt::membership_config membership;
  std::uint16_t shard_count = 2;
  std::chrono::milliseconds diff_window{20};
  duration restart_after{1'000}; ///< Of a shard or dispatcher that crashed.
  duration hook_time{0};         ///< A dispatcher's work starts late by this.
  std::chrono::milliseconds retry_min{100};
  std::chrono::milliseconds retry_max{1000};
  /// How many nodes have their addresses in everybody's settings; the others
  /// are learned.
  std::size_t seed_count = 1'000;
  /// How many nodes tell nobody their address.
  std::size_t unlisted_count = 0;
  /// How long nodes keep when keys were seen last.
  crdt::tick_time last_seen_for = std::chrono::hours{1};
  std::size_t last_seen_max = 1'000;
  std::size_t last_seen_page_bytes = std::size_t{64} * 1024; ///< In one packet.
  /// How far the clocks of nodes are ahead of the true time at most.
  std::chrono::milliseconds clock_error_max{0};
};

} // namespace rollcall::sim
