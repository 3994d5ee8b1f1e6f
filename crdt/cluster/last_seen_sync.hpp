#pragma once

#include "crdt/cluster/effect_list.hpp"
#include "crdt/cluster/shard_views.hpp"
#include "crdt/follow/last_seen.hpp"
#include "crdt/replication/membership.hpp"

#include <chrono>
#include <map>
#include <string>

namespace rollcall::crdt {

/// Tells each node that is met who was seen when: all that this node knows, a
/// packet with each heartbeat, and then what else this node sees until the
/// other one shows this node's presences. What ends later, the other node sees
/// itself. What this node learns from others it passes on for as long as there
/// is a connection, as the other node may not have met those; only who told it
/// is not told it again. Nothing is told before the first heartbeat of the
/// other node came: with its echo that node finds how old a packet is.
///
/// Shape:   a position for each connection.
/// Threads: one at a time.
class last_seen_sync {
public:
  /// A node tells what it sees for so long after the other one lagged last.
  static constexpr std::chrono::seconds overlap{10};
  /// What was under way for longer is late. Below that the age in a packet is
  /// better than one to which the way of a heartbeat and its own are added.
  static constexpr std::chrono::seconds delay_max{1};
  /// A node lags while it lacks writes that are older than this; it may not
  /// show any then.
  static constexpr std::chrono::seconds lag_max{1};

  /// @pre all of them outlive this.
  last_seen_sync(const membership& members, const shard_views& node,
                 effect_list& effects)
      : members_{members},
        node_{node},
        effects_{effects} {
  }

  /// A node is there that has to be told.
  void start(connection_id to, const node_incarnation& reader, tick_time now) {
    walks_.insert_or_assign(to, walk{reader, now + overlap});
  }

  void forget(connection_id to) {
    walks_.erase(to);
  }

  /// The next packet for each that is not told all yet.
  void send_all(tick_time now);

  /// Another node tells. What was long under way is so much older.
  void take(wire::last_seen& told, tick_time now);

private:
  struct walk {
    node_incarnation reader;
    tick_time overlaps_until;
    last_seen::position stands = 0;
    bool is_at_end = false; ///< It was told all that there was.
  };

  void send(connection_id to, walk& how, tick_time now);
  [[nodiscard]] bool lags(const std::string& peer, tick_time now) const;

  const membership& members_;
  const shard_views& node_;
  effect_list& effects_;
  std::map<connection_id, walk> walks_;
};

} // namespace rollcall::crdt
