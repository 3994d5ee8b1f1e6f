#pragma once

#include "crdt/cluster/connections.hpp"
#include "crdt/cluster/early_work.hpp"
#include "crdt/cluster/effect_list.hpp"
#include "crdt/cluster/relay_plan.hpp"
#include "crdt/cluster/sent_reports.hpp"
#include "crdt/cluster/shard_views.hpp"
#include "crdt/replication/membership.hpp"
#include "crdt/wire/cluster_wire.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rollcall::crdt {

/// Sends heartbeats: one to every peer in each interval, and early ones to
/// those who wait. What follows from the heartbeats of others for the shards of
/// this node, it gives them: their reports, and whose writes to pass on.
///
/// Every now and then a peer is told everything, whatever it acknowledged: a
/// reader that lost its memory is right again after that.
///
/// Shape:   for each peer that is connected a record a shard and replica.
/// Threads: one at a time.
class heartbeats {
public:
  /// Heartbeats between two to a peer that tell it everything.
  static constexpr unsigned whole_every = 25;

  /// @pre all of them outlive this.
  heartbeats(membership& members, const connection_table& connections,
             const shard_views& shards, effect_list& effects);

  /// There is a new connection to a peer, or none any more, or one of the two
  /// continues under a later incarnation: it has been told nothing.
  void forget(const std::string& peer);

  /// The shards have started anew, and need a plan of relays.
  void forget_plan() {
    relays_.forget();
  }

  /// Sends a heartbeat to all peers.
  void send_all(tick_time now);

  /// Sends one over this connection.
  /// @pre its node was accepted.
  void send(connection_id to, tick_time now);

  /// Sends one soon to those peers who are connected.
  void send_soon(const node_names& peers);

  /// Tells the shards soon whose writes to pass on, if that has changed.
  void plan_soon();

  /// Does what was to be done soon.
  void wake_up(tick_time now);

  /// Tells the shards whose writes to pass on, if that has changed.
  void plan_relays(tick_time now);

  /// Gives the shards what the same shards of a peer told, but for shards to
  /// which it is nothing: most heartbeats wake none.
  /// @param has_events whether membership changed with that heartbeat.
  void pass_reports(const std::string& sender,
                    std::vector<shard_report> reports, bool has_events);

  /// Heartbeats since the start.
  [[nodiscard]] std::uint64_t sent() const noexcept {
    return sent_;
  }

private:
  /// What is known of one peer, so that nothing is looked up twice.
  struct peer_record {
    unsigned until_whole = 0; ///< Heartbeats until it is told everything.

    /// All that the shards had to tell it at this version of theirs was told up
    /// to this heartbeat.
    std::optional<std::uint64_t> told_version = {};
    std::uint64_t told_in = 0;

    /// The version at which all shards were settled with it.
    std::optional<std::uint64_t> settled_version = {};
  };

  void add_reports(wire::heartbeat& to, const node_incarnation& peer);
  [[nodiscard]] wire::heartbeat make(const node_incarnation& to, tick_time now);
  void consider_timer();

  membership& members_;
  const connection_table& connections_;
  const shard_views& shards_;
  effect_list& effects_;
  std::vector<sent_reports> reports_; ///< By shard.
  std::map<std::string, peer_record> peers_;
  relay_plan relays_;
  early_work early_;
  std::uint64_t sent_ = 0;
};

/// Whether every name in it is one that a node may bear.
[[nodiscard]] bool has_good_names(const heartbeat& message);

} // namespace rollcall::crdt
