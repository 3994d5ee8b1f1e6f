#pragma once

#include "crdt/interval.hpp"
#include "crdt/presence_set.hpp"
#include "crdt/replication/membership.hpp"
#include "crdt/replication/replicator.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
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

  /// Peers that wait for the next heartbeat: it will let them send more.
  std::set<std::string> reports_due;
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
  void node_up(const node_incarnation& who, sync_effects& out);

  /// A node is silent: what it has is hidden.
  void node_down(const node_incarnation& who, sync_effects& out);

  /// A node has left for good: what it had is forgotten.
  void node_gone(const node_incarnation& who, sync_effects& out);

  /// This node writes under a later incarnation from now on; connections
  /// start anew.
  void reincarnate(std::uint64_t incarnation, sync_effects& out);

  /// Which nodes are heard directly, by name.
  void set_direct(std::unordered_set<std::string> names);

  // -- connections ------------------------------------------------------------

  void connected(const std::string& peer);
  void disconnected(const std::string& peer);

  /// What this node passes on to a peer that cannot hear these nodes.
  void relay(const std::string& peer,
             const std::vector<node_incarnation>& origins);

  // -- messages ---------------------------------------------------------------

  /// What a peer is told in heartbeats: how far this shard knows its own
  /// replica, that of the peer, and those of `doubtful` nodes.
  [[nodiscard]] std::vector<known_replica>
  known_to(const node_incarnation& peer,
           const std::vector<node_incarnation>& doubtful) const;

  /// A heartbeat of a peer came, with this report.
  void heard(const std::string& peer, const shard_report& report, tick_time now,
             sync_effects& out);

  /// Whether an empty report of this peer would change nothing: nothing is
  /// under way to it, and nothing is expected of it.
  [[nodiscard]] bool is_settled(const std::string& peer) const;

  /// An interval of `bytes` came from a peer.
  apply_result received(const std::string& peer, const interval& interval,
                        std::size_t bytes, tick_time now, sync_effects& out);

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

  [[nodiscard]] replica_id replica_of(const node_incarnation& who) const;
  void add_known(const node_incarnation& who,
                 std::vector<known_replica>& to) const;
  void count_unreported(const std::string& peer, std::size_t bytes,
                        sync_effects& out);
  void consider_showing(replica_tag replica, sync_effects& out);
  void consider_asking(const std::string& peer, const known_replica& theirs,
                       tick_time now, sync_effects& out);

  presence_set& set_;
  replicator_config settings_;
  replicator out_;
  std::unordered_map<replica_tag, awaited> awaited_;
  std::unordered_map<replica_tag, std::string> owners_; ///< To node name.
  std::unordered_set<std::string> direct_;

  /// Bytes that came from a peer since it was last in `reports_due` for that.
  std::unordered_map<std::string, std::size_t> unreported_;
};

} // namespace rollcall::crdt
