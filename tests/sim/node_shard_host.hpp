#pragma once

#include "crdt/interval.hpp"
#include "tests/sim/simulated_time.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

namespace rollcall::sim {

/// What a simulated process and its shards live in.
class sim_surroundings {
public:
  virtual ~sim_surroundings() = default;
  virtual moment now() = 0;
  /// The clock of the node, in milliseconds since 1970. It may be wrong.
  virtual std::uint64_t wall_ms() = 0;
  virtual void after(duration delay, simulated_time::action action) = 0;
  virtual void on_changes(std::size_t shard, const crdt::changes& all,
                          bool is_about_node)
      = 0;
  /// An owner is told that another session of its key took its place.
  virtual void on_replaced(const std::string& topic, const std::string& key,
                           std::uint64_t owner)
      = 0;
  /// A presence ended with its topic; its owner is told nothing.
  virtual void on_ended(const std::string& topic, const std::string& key,
                        std::uint64_t owner)
      = 0;
};

/// What a simulated shard lives in.
class node_shard_host : public sim_surroundings {
public:
  /// Sends a packet to the same shard of a peer.
  virtual void send(const std::string& peer, std::string bytes) = 0;
  /// Asks for heartbeats to these peers before it is time for the next ones.
  virtual void hurry_reports(const std::set<std::string>& peers) = 0;
};

} // namespace rollcall::sim
