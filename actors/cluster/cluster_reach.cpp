// The cluster actor as others see it: what it sends on, and what it shows.
#include "actors/cluster/cluster_actor.hpp"
#include "rollcall/log.hpp"

#include <caf/send.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace rollcall {

namespace {

/// A frame above the bound of the links would cost the link.
constexpr std::size_t event_bytes_max = link_config{}.frame_bytes_max - 1024;

} // namespace

// -- reaching people ----------------------------------------------------------

void cluster_state::send_event(const topic_event& what) {
  wire_frame frame;
  wire::encode(
      wire::event{what.topic, what.event, what.payload, what.is_binary},
      frame.bytes);
  if (frame.bytes.size() > event_bytes_max) {
    ++stats_.events_dropped;
    log(log_level::error, name,
        fmt::format("an event of {} bytes stays on this node; allowed: {}",
                    frame.bytes.size(), event_bytes_max));
    return;
  }
  const auto message = caf::make_message(std::move(frame));
  for (const auto& [node, to] : lines_)
    if (to.life)
      caf::send_as(port_, to.port, message);
}

void cluster_state::tell(const tell_request& what) {
  std::set<crdt::replica_tag> writers;
  const auto& slot = node_->slot_of(what.topic);
  for (const auto& presence : slot.table->get_by_key(what.topic, what.key))
    writers.insert(presence->dot().replica);
  const auto message = caf::make_message(what.frame);
  for (const auto& [node, to] : lines_)
    if (to.life
        && writers.contains(crdt::tag_of({to.life->name, to.life->incarnation,
                                          slot.table->shard_index(), 0})))
      caf::send_as(port_, to.port, message);
}

// -- what others may see ------------------------------------------------------

bool cluster_state::is_complete() const {
  if (!links_ || !dialer_->has_tried_all())
    return false;
  for (const auto& [node, from] : lines_)
    if (!from.was_heard && now() - from.since < settings_.down_after)
      return false;
  for (const auto& slot : node_->slots)
    if (!slot->table->is_complete())
      return false;
  return true;
}

void cluster_state::publish_view() {
  if (!readiness_.is_complete() && is_complete())
    readiness_.complete();
  const bool has_peers
      = std::any_of(lines_.begin(), lines_.end(),
                    [](const auto& line) { return line.second.life; });
  std::vector<peer_status> all;
  for (const auto& peer : membership_->peers(now())) {
    auto& status = all.emplace_back();
    status.name = peer.who.name;
    status.incarnation = peer.who.incarnation;
    status.address = peer.address;
    status.is_up = peer.is_up;
    status.is_direct = peer.is_direct;
    status.silence = peer.silence;
    for (const auto& slot : node_->slots) {
      const auto lag = slot->table->lag(peer.who.name, now());
      status.behind += lag.behind;
      status.lag = std::max(
          status.lag,
          std::chrono::duration_cast<std::chrono::milliseconds>(lag.oldest));
      status.unacknowledged_bytes += lag.unacknowledged;
    }
    const auto* line = line_of(peer.who.name);
    status.has_line = line != nullptr;
    if (line != nullptr) {
      status.round_trip = line->round_trip;
      status.bytes_in = line->traffic ? line->traffic->bytes_in.load() : 0;
      status.bytes_out = line->traffic ? line->traffic->bytes_out.load() : 0;
    }
  }
  const std::lock_guard guard{view_->mutex};
  view_->peers = std::move(all);
  view_->stats = stats_;
  view_->problem = readiness_.problem(has_peers);
}

} // namespace rollcall
