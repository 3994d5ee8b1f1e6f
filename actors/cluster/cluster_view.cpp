// What a cluster actor lets other threads see.
#include "actors/cluster/cluster_actor.hpp"

#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

namespace rollcall {

namespace {

peer_status status_of(const crdt::peer_state& peer) {
  peer_status result;
  result.name = peer.view.who.name;
  result.incarnation = peer.view.who.incarnation;
  result.address = peer.view.address;
  result.is_up = peer.view.is_up;
  result.is_direct = peer.view.is_direct;
  result.has_line = peer.connection.has_value();
  result.silence = peer.view.silence;
  result.behind = peer.lag.behind;
  result.lag
      = std::chrono::duration_cast<std::chrono::milliseconds>(peer.lag.oldest);
  result.unacknowledged_bytes = peer.lag.unacknowledged;
  result.round_trip = peer.view.round_trip;
  return result;
}

cluster_stats stats_of(const crdt::cluster_counters& counters) {
  cluster_stats result;
  result.heartbeats_sent = counters.heartbeats_sent;
  result.heartbeats_received = counters.heartbeats_received;
  result.refused = counters.refused;
  result.bad_packets = counters.bad_packets;
  result.events_dropped = counters.events_dropped;
  result.ups = counters.ups;
  result.downs = counters.downs;
  result.links_opened = counters.connections_opened;
  return result;
}

} // namespace

void cluster_state::publish_view() {
  std::vector<peer_status> all;
  for (const auto& peer : core_->peers(now())) {
    auto& status = all.emplace_back(status_of(peer));
    if (!peer.connection)
      continue;
    const auto end = ends_.find(*peer.connection);
    if (end == ends_.end() || !end->second.traffic)
      continue;
    status.bytes_in = end->second.traffic->bytes_in.load();
    status.bytes_out = end->second.traffic->bytes_out.load();
  }
  auto stats = stats_of(core_->counters());
  stats.bad_packets += bad_tells_;
  stats.tells_refused = tells_refused_;
  stats.heartbeats_direct = heartbeats_direct_;
  const std::lock_guard guard{view_->mutex};
  view_->peers = std::move(all);
  view_->stats = stats;
  view_->problem = core_->problem();
}

} // namespace rollcall
