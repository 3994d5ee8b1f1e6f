#pragma once

#include "crdt/cluster/shard_views.hpp"
#include "crdt/replication/membership.hpp"
#include "crdt/wire/cluster_wire.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace rollcall::crdt {

/// Makes heartbeats, and keeps when they were sent and heard: from that come
/// the round trips and which connections are silent.
///
/// Shape:   a record a peer that is connected, and 64 times.
/// Threads: one at a time.
class heartbeats {
public:
  /// What this node tells its peers at `now`.
  [[nodiscard]] wire::beat make(const membership& members,
                                const shard_views& shards, tick_time now) const;

  /// The heartbeat with this counter was sent to all peers.
  void sent(std::uint64_t counter, tick_time now);

  /// A heartbeat came from a peer, straight.
  void heard(const std::string& peer, tick_time now);

  /// There is no connection to the peer any more.
  void forget(const std::string& peer);

  [[nodiscard]] std::optional<tick_time>
  last_heard(const std::string& peer) const;

  /// This node was stopped for so long, which says nothing about the others.
  void forgive(tick_time pause, tick_time now);

  /// How long a packet goes to the sender of `heartbeat` and back; nothing if
  /// the heartbeat does not tell.
  [[nodiscard]] std::optional<std::chrono::microseconds>
  round_trip(const wire::beat& heartbeat, const node_life& self,
             tick_time now) const;

private:
  static constexpr std::size_t times_kept = 64;

  std::map<std::string, tick_time> heard_at_; ///< By node name.
  std::array<tick_time, times_kept> sent_at_{};
};

/// Whether every name in it is one that a node may bear.
[[nodiscard]] bool has_good_names(const heartbeat& message);

} // namespace rollcall::crdt
