#pragma once

#include "tests/sim/sim_node.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace rollcall::sim {

/// Knows every presence that ever was and how far every node had written at
/// each of its heartbeats, and watches what each node reports.
class node_witness {
public:
  explicit node_witness(std::size_t node_count) : observers_(node_count) {
  }

  /// A new life of an observer has reported nothing yet.
  void restart(std::size_t observer);

  /// A node makes a heartbeat.
  void made_heartbeat(const sim_node& from, std::uint64_t counter);

  /// An observer learns of a node, from its heartbeat `counter`.
  void on_event(std::size_t observer, const crdt::node_event& event,
                std::uint64_t counter);

  /// An observer reports changes of a shard.
  void on_changes(std::size_t observer, sim_node& by, std::size_t shard,
                  const crdt::changes& all, bool is_about_node);

  [[nodiscard]] std::uint64_t joins(std::size_t observer) const {
    return observers_[observer].joins;
  }

private:
  struct observer_record {
    std::set<crdt::dot> ended; ///< Dots that left for good here.
    /// Who is to be shown, when this much of it is known.
    std::map<crdt::replica_tag, std::uint64_t> awaited;
    std::uint64_t joins = 0;
  };

  void join(observer_record& observer, crdt::replica_tag self,
            const crdt::change& change);
  /// Why the presence left that this was a version of.
  [[nodiscard]] leave_reason reason_of(const crdt::dot& version) const;
  void check_reason(crdt::replica_tag self, const crdt::change& change,
                    bool is_about_node);
  void check_shown(observer_record& observer, const node_shard& of);

  std::vector<observer_record> observers_;
  std::map<crdt::dot, std::string> ever_;
  std::map<crdt::dot, crdt::change> ends_; ///< How each version ended.
  std::unordered_map<crdt::replica_tag,
                     std::unordered_map<std::uint64_t, std::uint64_t>>
      written_; ///< By replica and heartbeat.
};

} // namespace rollcall::sim
