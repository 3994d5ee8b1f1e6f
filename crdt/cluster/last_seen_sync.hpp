#pragma once

#include "crdt/cluster/effect_list.hpp"
#include "crdt/cluster/shard_views.hpp"
#include "crdt/follow/last_seen.hpp"

#include <chrono>
#include <map>
#include <optional>

namespace rollcall::crdt {

/// Tells each node that is met who was seen when: all that this node knows, a
/// packet with each heartbeat, and then for `overlap` what else this node sees.
/// What ends later, the other node sees itself. What this node learns from
/// others it passes on for as long as there is a connection, as the other node
/// may not have met those; but not while it is new, when its peers tell it what
/// they all know.
///
/// Shape:   a position for each connection.
/// Threads: one at a time.
class last_seen_sync {
public:
  /// Within so long two nodes that meet show each other's presences.
  static constexpr std::chrono::seconds overlap{10};
  /// A node is new for so long.
  static constexpr std::chrono::seconds new_for{30};

  /// @pre the two outlive this.
  last_seen_sync(const shard_views& node, effect_list& effects)
      : node_{node},
        effects_{effects} {
  }

  /// A node is there that has to be told.
  void start(connection_id to, tick_time now) {
    walks_.insert_or_assign(to, walk{0, now + overlap});
  }

  void forget(connection_id to) {
    walks_.erase(to);
  }

  /// The next packet for each that is not told all yet.
  void send_all(tick_time now);

private:
  struct walk {
    last_seen::position stands;
    tick_time overlaps_until;
    bool is_at_end = false; ///< It was told all that there was.
  };

  void send(connection_id to, walk& how, tick_time now);

  const shard_views& node_;
  effect_list& effects_;
  std::optional<tick_time> started_;
  std::map<connection_id, walk> walks_;
};

} // namespace rollcall::crdt
