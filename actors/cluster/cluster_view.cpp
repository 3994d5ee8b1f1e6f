// What a cluster actor lets other threads see.
#include "actors/cluster/cluster_actor.hpp"

#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

namespace rollcall {

namespace {

peer_status status_of(const crdt::peer_state& peer) {
  using std::chrono::milliseconds;
  const auto& view = peer.view;
  return {.name = view.who.name,
          .incarnation = view.who.incarnation,
          .address = view.address,
          .is_up = view.is_up,
          .is_direct = view.is_direct,
          .has_line = peer.connection.has_value(),
          .silence = view.silence,
          .behind = peer.lag.behind,
          .lag = std::chrono::duration_cast<milliseconds>(peer.lag.oldest),
          .unacknowledged_bytes = peer.lag.unacknowledged,
          .round_trip = view.round_trip};
}

cluster_stats stats_of(const crdt::cluster_counters& counters) {
  return {.heartbeats_sent = counters.heartbeats_sent,
          .heartbeats_received = counters.heartbeats_received,
          .refused = counters.refused,
          .bad_packets = counters.bad_packets,
          .events_dropped = counters.events_dropped,
          .ups = counters.ups,
          .downs = counters.downs,
          .links_opened = counters.connections_opened};
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
