#include "crdt/replication/liveness.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::crdt {

const char* words_for(node_event_kind kind) {
  switch (kind) {
  case node_event_kind::up:
    return "is up";
  case node_event_kind::down:
    return "is down";
  case node_event_kind::gone:
    return "is gone";
  case node_event_kind::conflict:
    return "is known to others in a later incarnation than this one";
  }
  return "";
}

liveness::liveness(node_incarnation self, membership_config settings)
    : self_{std::move(self)},
      settings_{settings} {
}

// -- time ---------------------------------------------------------------------

void liveness::tick(tick_time now, events& out) {
  ++counter_;
  forgive_own_pause(now);
  last_tick_ = now;
  check_silence(now, out);
  // Longer than anybody tells of it, or it would come back as a rumour.
  std::erase_if(departed_, [&](const auto& item) {
    return now - item.second.when
           > settings_.forget_after + 4 * settings_.down_after;
  });
}

/// Who was stopped for a while heard nobody meanwhile: that says nothing of the
/// others.
void liveness::forgive_own_pause(tick_time now) {
  if (!last_tick_ || now - *last_tick_ <= 2 * settings_.heartbeat_interval)
    return;
  const auto pause = now - *last_tick_ - settings_.heartbeat_interval;
  for (auto& [name, peer] : nodes_) {
    if (peer.is_up) // which may have been heard just now
      peer.last_sign = std::min(now, peer.last_sign + pause);
    if (peer.last_direct)
      peer.last_direct = std::min(now, *peer.last_direct + pause);
  }
}
void liveness::check_silence(tick_time now, events& out) {
  for (auto it = nodes_.begin(); it != nodes_.end();) {
    auto& peer = it->second;
    const auto silence = now - peer.last_sign;
    if (peer.is_up && silence > settings_.down_after) {
      peer.is_up = false;
      out.push_back({node_event_kind::down, peer.who});
    }
    if (!peer.is_up && silence > settings_.forget_after) {
      out.push_back({node_event_kind::gone, peer.who});
      it = nodes_.erase(it);
    } else {
      ++it;
    }
  }
}

// -- what is heard ------------------------------------------------------------

/// @returns whether this is a newer sign of life than any before.
bool liveness::observe(const liveness_report& report, bool is_direct,
                       tick_time now, events& out) {
  const auto gone = departed_.find(report.who.name);
  if (gone != departed_.end()
      && gone->second.incarnation >= report.who.incarnation)
    return false; // a rumour of one who left
  const auto found = nodes_.find(report.who.name);
  if (found == nodes_.end())
    return start_incarnation(report, is_direct, now, out);
  auto& peer = found->second;
  if (report.who.incarnation < peer.who.incarnation)
    return false; // a rumour of an earlier incarnation
  if (report.who.incarnation > peer.who.incarnation) {
    out.push_back({node_event_kind::gone, peer.who});
    nodes_.erase(found);
    return start_incarnation(report, is_direct, now, out);
  }
  if (!report.address.empty() && report.address != peer.address) {
    peer.address = report.address;
    change(peer);
  }
  if (is_direct)
    peer.last_direct = now;
  // What is told of a silent node may be old; two heartbeats more are not.
  const auto needed = peer.is_up ? 1u : is_direct ? 0u : 2u;
  if (report.counter < peer.counter + needed
      || (!peer.is_up && report.age > settings_.down_after))
    return false;
  peer.counter = report.counter;
  peer.last_sign = std::max(peer.last_sign, now - report.age);
  if (!std::exchange(peer.is_up, true)) {
    change(peer);
    out.push_back({node_event_kind::up, peer.who});
  }
  return true;
}

bool liveness::start_incarnation(const liveness_report& report, bool is_direct,
                                 tick_time now, events& out) {
  if (nodes_.size() >= nodes_max && !nodes_.contains(report.who.name))
    return false; // Somebody makes nodes up.
  auto& peer = nodes_[report.who.name];
  peer.who = report.who;
  peer.counter = report.counter;
  peer.last_sign = now;
  peer.address = report.address;
  peer.is_up = is_direct; // a rumour may be old; what follows tells
  change(peer);
  if (!is_direct)
    return false;
  peer.last_direct = now;
  out.push_back({node_event_kind::up, peer.who});
  return true;
}

/// The next heartbeat tells of it.
void liveness::change(node_record& peer) {
  peer.changed_at = newest_change_ = next_sequence_;
}

liveness::events liveness::leave(const node_incarnation& who, tick_time now) {
  events out;
  if (who.name == self_.name)
    return out;
  if (departed_.size() >= nodes_max && !departed_.contains(who.name))
    return out;
  auto& left = departed_.try_emplace(who.name, node_departure{0, now, 0})
                   .first->second;
  if (left.incarnation >= who.incarnation)
    return out;
  left = {who.incarnation, now, next_sequence_};
  const auto found = nodes_.find(who.name);
  if (found == nodes_.end() || found->second.who.incarnation > who.incarnation)
    return out;
  out.push_back({node_event_kind::gone, found->second.who});
  nodes_.erase(found);
  return out;
}

/// A node speaks in an earlier incarnation than one that is silent: that one is
/// departed, and this is told, so that the node can outgrow it.
void liveness::challenge(const node_incarnation& earlier, tick_time now,
                         events& out) {
  if (const auto found = nodes_.find(earlier.name);
      found != nodes_.end() && !found->second.is_up
      && now - found->second.last_sign > settings_.down_after
      && found->second.who.incarnation > earlier.incarnation)
    out = leave(node_incarnation{found->second.who}, now);
  if (const auto left = departed_.find(earlier.name);
      left != departed_.end()
      && left->second.incarnation >= earlier.incarnation)
    left->second.when = now;
}

// -- what others say of this node ---------------------------------------------

/// Nobody can know a later incarnation of this node, or have heard more of this
/// one than there was: it is another one, that went before with a faster clock.
void liveness::check_own(const node_incarnation& told, std::uint64_t counter,
                         events& out) {
  if (told.incarnation > self_.incarnation
      || (told.incarnation == self_.incarnation && counter > counter_))
    out.push_back({node_event_kind::conflict, told});
}

/// Who leaves is told so, too, while its last words go out; who goes on to be
/// told so did not leave, and is heard by nobody before it outgrows that.
void liveness::check_own_departure(const node_incarnation& told, tick_time now,
                                   events& out) {
  if (told.incarnation != self_.incarnation)
    return check_own(told, 0, out);
  if (!doubted_since_)
    doubted_since_ = now;
  else if (now - *doubted_since_ > settings_.down_after)
    out.push_back({node_event_kind::conflict, told});
}

void liveness::reincarnate(std::uint64_t incarnation) {
  self_.incarnation = incarnation;
  doubted_since_.reset();
}

// -- what is known ------------------------------------------------------------

void liveness::lose_direct(const std::string& name) {
  if (const auto found = nodes_.find(name); found != nodes_.end())
    found->second.last_direct.reset();
}

const node_record* liveness::find(const std::string& name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : &found->second;
}

bool liveness::is_direct(const node_record& peer, tick_time now) const {
  return peer.last_direct
         && now - *peer.last_direct <= 3 * settings_.heartbeat_interval;
}

} // namespace rollcall::crdt
