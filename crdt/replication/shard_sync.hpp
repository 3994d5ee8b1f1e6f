#pragma once

#include "crdt/interval.hpp"
#include "crdt/presence_set.hpp"
#include "crdt/replication/membership.hpp"
#include "crdt/replication/replicator.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace rollcall::crdt {

/// A question for a peer: what follows `known` in the history of `replica`?
struct interval_request {
  std::string peer;
  replica_tag replica;
  progress known;
};

/// What a step of `shard_sync` leads to.
struct sync_effects {
  changes diffs;
  std::vector<interval_request> requests;
};

/// Keeps one shard's set in step with the same shard of other nodes: who is
/// shown, what is asked for, what is sent. First sync, then show: a node that
/// comes, or comes back, is hidden until all is known that it had by then.
///
/// Shape:   as `replicator`, and a record for each replica that is awaited.
/// Threads: one at a time.
class shard_sync {
public:
  /// @pre `set` outlives this, and is of shard `shard`.
  shard_sync(presence_set& set, replicator_config settings);

  // -- what membership says ---------------------------------------------------

  /// A node is there. Its presences are shown as soon as they are complete.
  void node_up(const node_life& who);

  /// A node is silent: what it has is hidden.
  void node_down(const node_life& who, sync_effects& out);

  /// A node has left for good: what it had is forgotten.
  void node_gone(const node_life& who, sync_effects& out);

  /// This node writes under a later incarnation from now on; lines start anew.
  void reincarnate(std::uint64_t incarnation, sync_effects& out);

  /// Which nodes are heard directly, by name.
  void set_direct(std::unordered_set<std::string> names);

  // -- lines ------------------------------------------------------------------

  void line_up(const std::string& peer);
  void line_down(const std::string& peer);

  /// What this node passes on to a peer that cannot hear these nodes.
  void relay(const std::string& peer, const std::vector<node_life>& origins);

  // -- messages ---------------------------------------------------------------

  /// What this shard knows, to be told to everybody.
  [[nodiscard]] std::vector<known_replica> report() const;

  /// A peer's report.
  void heard(const std::string& peer, const std::vector<known_replica>& report,
             tick_time now, sync_effects& out);

  /// An interval came from a peer.
  apply_result received(const std::string& peer, const interval& what,
                        tick_time now, sync_effects& out);

  /// A peer asks.
  void requested(const std::string& peer, replica_tag replica, progress known,
                 tick_time now);

  /// Something was written on this node.
  void wrote(tick_time now);

  // -- what to send -----------------------------------------------------------

  /// As `replicator::due`.
  [[nodiscard]] std::vector<send_interval> due(tick_time now);
  void sent(const std::string& peer, replica_tag replica, progress to,
            std::size_t bytes, tick_time now);
  [[nodiscard]] std::optional<tick_time> next_flush() const noexcept;

  /// Whether nobody who is up is still awaited.
  [[nodiscard]] bool is_complete() const noexcept {
    return awaited_.empty();
  }

  [[nodiscard]] const replicator& out() const noexcept {
    return out_;
  }

private:
  struct awaited {
    std::string node;
    std::optional<std::uint64_t> target; ///< Shown when seen reaches it.
  };

  [[nodiscard]] replica_id replica_of(const node_life& who) const;
  void consider_showing(replica_tag replica, sync_effects& out);
  void consider_asking(const std::string& peer, const known_replica& theirs,
                       tick_time now, sync_effects& out);

  presence_set& set_;
  replicator_config settings_;
  replicator out_;
  std::unordered_map<replica_tag, awaited> awaited_;
  std::unordered_map<replica_tag, std::string> owners_; ///< To node name.
  std::unordered_set<std::string> direct_;
};

} // namespace rollcall::crdt
