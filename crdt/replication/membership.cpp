#include "crdt/replication/membership.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::crdt {

membership::membership(node_life self, std::string address,
                       membership_config settings)
    : self_{std::move(self)},
      address_{std::move(address)},
      settings_{settings} {
}

void membership::listens_on(std::string address) {
  address_ = std::move(address);
}

void membership::lose_line(const std::string& name) {
  if (const auto found = peers_.find(name); found != peers_.end())
    found->second.last_direct.reset();
}

void membership::reincarnate(std::uint64_t incarnation) {
  self_.incarnation = incarnation;
  doubted_since_.reset();
}

// -- time ---------------------------------------------------------------------

std::vector<node_event> membership::tick(tick_time now) {
  events out;
  ++counter_;
  forgive_own_pause(now);
  last_tick_ = now;
  check_silence(now, out);
  // Longer than anybody tells of it, or it would come back as a rumour.
  std::erase_if(departed_, [&](const auto& item) {
    return now - item.second.when
           > settings_.forget_after + 4 * settings_.down_after;
  });
  return out;
}

/// Who was stopped for a while heard nobody meanwhile: that says nothing of the
/// others.
void membership::forgive_own_pause(tick_time now) {
  if (!last_tick_ || now - *last_tick_ <= 2 * settings_.heartbeat_interval)
    return;
  const auto pause = now - *last_tick_ - settings_.heartbeat_interval;
  for (auto& [name, peer] : peers_)
    if (peer.is_up) // which may have been heard just now
      peer.last_sign = std::min(now, peer.last_sign + pause);
}

void membership::check_silence(tick_time now, events& out) {
  for (auto it = peers_.begin(); it != peers_.end();) {
    auto& peer = it->second;
    const auto silence = now - peer.last_sign;
    if (peer.is_up && silence > settings_.down_after) {
      peer.is_up = false;
      out.push_back({node_event_kind::down, peer.who});
    }
    if (!peer.is_up && silence > settings_.forget_after) {
      out.push_back({node_event_kind::gone, peer.who});
      it = peers_.erase(it);
    } else {
      ++it;
    }
  }
}

// -- what others say ----------------------------------------------------------

std::vector<node_event> membership::receive(const heartbeat& message,
                                            tick_time now) {
  events out;
  if (message.sender.name == self_.name)
    return out; // an echo, or somebody with our name: not a sign of anybody
  challenge(message.sender, now, out);
  observe({message.sender, message.counter, true, message.address}, true, now,
          out);
  if (const auto known = peers_.find(message.sender.name);
      known != peers_.end() && known->second.who == message.sender) {
    auto& hears = known->second.hears;
    hears.clear();
    for (const auto& report : message.others)
      if (report.is_direct)
        hears.insert(report.who.name);
  }
  for (const auto& report : message.others)
    if (report.who.name != self_.name)
      observe(report, false, now, out);
    else
      check_own(report.who, report.counter, out);
  for (const auto& who : message.departed)
    if (who.name == self_.name)
      check_own_departure(who, now, out);
    else
      for (auto& event : leave(who, now))
        out.push_back(std::move(event));
  return out;
}

/// Nobody can know a later life of this node, or have heard more of this one
/// than there was: it is another one, that went before with a faster clock.
void membership::check_own(const node_life& told, std::uint64_t counter,
                           events& out) {
  if (told.incarnation > self_.incarnation
      || (told.incarnation == self_.incarnation && counter > counter_))
    out.push_back({node_event_kind::conflict, told});
}

/// Who leaves is told so, too, while its last words go out; who goes on to be
/// told so did not leave, and is heard by nobody before it outgrows that.
void membership::check_own_departure(const node_life& told, tick_time now,
                                     events& out) {
  if (told.incarnation != self_.incarnation)
    return check_own(told, 0, out);
  if (!doubted_since_)
    doubted_since_ = now;
  else if (now - *doubted_since_ > settings_.down_after)
    out.push_back({node_event_kind::conflict, told});
}

/// A node speaks in an earlier life than one that is silent: that one is
/// departed, and this is told, so that the node can outgrow it.
void membership::challenge(const node_life& earlier, tick_time now,
                           events& out) {
  if (const auto found = peers_.find(earlier.name);
      found != peers_.end() && !found->second.is_up
      && now - found->second.last_sign > settings_.down_after
      && found->second.who.incarnation > earlier.incarnation)
    out = leave(node_life{found->second.who}, now);
  if (const auto left = departed_.find(earlier.name);
      left != departed_.end()
      && left->second.incarnation >= earlier.incarnation)
    left->second.when = now;
}

void membership::observe(const liveness_report& report, bool is_direct,
                         tick_time now, events& out) {
  const auto gone = departed_.find(report.who.name);
  if (gone != departed_.end()
      && gone->second.incarnation >= report.who.incarnation)
    return; // a rumour of one who left
  const auto found = peers_.find(report.who.name);
  if (found == peers_.end())
    return start_life(report, is_direct, now, out);
  auto& peer = found->second;
  if (report.who.incarnation < peer.who.incarnation)
    return; // a rumour of an earlier life
  if (report.who.incarnation > peer.who.incarnation) {
    out.push_back({node_event_kind::gone, peer.who});
    peers_.erase(found);
    return start_life(report, is_direct, now, out);
  }
  if (!report.address.empty())
    peer.address = report.address;
  if (is_direct)
    peer.last_direct = now;
  // What is told of a silent node may be old; two beats more are not.
  const auto needed = peer.is_up ? 1u : is_direct ? 0u : 2u;
  if (report.counter < peer.counter + needed)
    return;
  peer.counter = report.counter;
  peer.last_sign = now;
  if (!std::exchange(peer.is_up, true))
    out.push_back({node_event_kind::up, peer.who});
}

void membership::start_life(const liveness_report& report, bool is_direct,
                            tick_time now, events& out) {
  if (peers_.size() >= nodes_max && !peers_.contains(report.who.name))
    return; // Somebody makes nodes up.
  auto& peer = peers_[report.who.name];
  peer.who = report.who;
  peer.counter = report.counter;
  peer.last_sign = now;
  peer.address = report.address;
  peer.is_up = is_direct; // a rumour may be old; what follows tells
  if (!is_direct)
    return;
  peer.last_direct = now;
  out.push_back({node_event_kind::up, peer.who});
}

std::vector<node_event> membership::leave(const node_life& who, tick_time now) {
  events out;
  if (who.name == self_.name)
    return out;
  if (departed_.size() >= nodes_max && !departed_.contains(who.name))
    return out;
  auto& left = departed_.try_emplace(who.name, departure{0, now}).first->second;
  if (left.incarnation >= who.incarnation)
    return out;
  left = {who.incarnation, now};
  const auto found = peers_.find(who.name);
  if (found == peers_.end() || found->second.who.incarnation > who.incarnation)
    return out;
  out.push_back({node_event_kind::gone, found->second.who});
  peers_.erase(found);
  return out;
}

// -- what this node says ------------------------------------------------------

heartbeat membership::beat(tick_time now) const {
  heartbeat result{self_, counter_, address_, {}, {}};
  for (const auto& [name, peer] : peers_)
    if (peer.is_up)
      result.others.push_back(
          {peer.who, peer.counter, is_direct(peer, now), peer.address});
  for (const auto& [name, left] : departed_)
    if (now - left.when <= 2 * settings_.down_after)
      result.departed.push_back({name, left.incarnation});
  return result;
}

bool membership::is_relay(const std::string& origin, const std::string& to,
                          tick_time now) const {
  const auto from = peers_.find(origin);
  const auto target = peers_.find(to);
  if (from == peers_.end() || target == peers_.end()
      || !is_direct(from->second, now) || !is_direct(target->second, now)
      || target->second.hears.contains(origin))
    return false;
  // Of all that hear both, the one whose name comes first.
  for (const auto& [name, peer] : peers_)
    if (name < self_.name && name != origin && name != to && peer.is_up
        && is_direct(peer, now) && peer.hears.contains(origin)
        && peer.hears.contains(to))
      return false;
  return true;
}

// -- what this node knows -----------------------------------------------------

bool membership::is_direct(const record& peer, tick_time now) const {
  // Three beats: sooner than `down_after`, so that a relay takes over in time.
  return peer.last_direct
         && now - *peer.last_direct <= 3 * settings_.heartbeat_interval;
}

peer_view membership::view_of(const record& peer, tick_time now) const {
  return {peer.who, peer.is_up, is_direct(peer, now),
          std::chrono::duration_cast<std::chrono::milliseconds>(
              now - peer.last_sign),
          peer.address};
}

std::vector<peer_view> membership::peers(tick_time now) const {
  std::vector<peer_view> result;
  for (const auto& [name, peer] : peers_)
    result.push_back(view_of(peer, now));
  return result;
}

std::optional<peer_view> membership::peer(const std::string& name,
                                          tick_time now) const {
  const auto found = peers_.find(name);
  if (found == peers_.end())
    return std::nullopt;
  return view_of(found->second, now);
}

} // namespace rollcall::crdt
