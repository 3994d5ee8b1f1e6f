#pragma once

#include "crdt/replication/membership.hpp"
#include "crdt/replication/replicator.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace rollcall::sim {

/// How the nodes of a run are set.
struct node_settings {
  crdt::membership_config membership;
  crdt::replicator_config replication;
  std::size_t chunk_bytes = 256 * 1024;
  std::size_t deaths_max = 65'536;
  std::uint16_t shard_count = 2;
  std::chrono::milliseconds retry_min{100};
  std::chrono::milliseconds retry_max{1000};
  /// How many nodes have their addresses in everybody's settings; the others
  /// are learned.
  std::size_t seed_count = 1'000;
};

} // namespace rollcall::sim
