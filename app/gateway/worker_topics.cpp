// The topics of an I/O thread: who is in them and what they are sent.
#include "app/gateway/gateway_core.hpp"
#include "app/gateway/session.hpp"
#include "app/gateway/state_fetcher.hpp"
#include "app/gateway/worker.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace rollcall::channels {

worker::topic_use worker::use_topic(const std::string& name) {
  if (const auto found = topics_.find(name); found != topics_.end()) {
    ++found->second->users;
    return {found->second.get()};
  }
  auto fresh = std::make_unique<local_topic>();
  fresh->name = name;
  fresh->handle = core_.topics->enter(name, index_, &io_unit_, fresh->is_live);
  if (fresh->handle.problem != ec::none)
    return {nullptr, fresh->handle.problem};
  fresh->users = 1;
  return {topics_.emplace(name, std::move(fresh)).first->second.get()};
}

void worker::release_topic(local_topic& which) {
  if (--which.users > 0)
    return;
  core_.topics->leave(which.name, index_, &io_unit_);
  std::erase(cached_, &which);
  topics_.erase(topics_.find(which.name));
}

void worker::add_member(live_channel& fresh, presence_view view) {
  auto& place = *fresh.place;
  fresh.member_index = static_cast<std::uint32_t>(place.members.size());
  fresh.is_member = true;
  place.members.push_back(&fresh);
  if (has_diffs(view)) {
    fresh.diffs
        = has_reasons(view) ? diff_kind::with_reasons : diff_kind::plain;
    add_reader(place, *fresh.diffs);
  }
  if (!has_state(view))
    return;
  fresh.wants_state = true;
  ++place.state_waiters;
  if (!place.is_live)
    return;
  if (core_.who.enriches())
    fetch_state(place);
  else
    send_state(fresh, state_of(place));
}

void worker::remove_member(live_channel& gone) {
  if (!std::exchange(gone.is_member, false))
    return;
  auto& place = *gone.place;
  if (std::exchange(gone.wants_state, false))
    --place.state_waiters;
  if (gone.diffs)
    remove_reader(place, *gone.diffs);
  auto& members = place.members;
  members.back()->member_index = gone.member_index;
  members[gone.member_index] = members.back();
  members.pop_back();
}

void worker::add_reader(local_topic& of, diff_kind kind) {
  if (of.readers[static_cast<std::size_t>(kind)]++ == 0)
    of.handle.subscription->set_wanted(kind, index_, true);
}

void worker::remove_reader(local_topic& of, diff_kind kind) {
  if (--of.readers[static_cast<std::size_t>(kind)] == 0)
    of.handle.subscription->set_wanted(kind, index_, false);
}

void worker::post_live(const std::string& topic) {
  post([this, topic] { go_live(topic); });
}

void worker::go_live(const std::string& topic) {
  const auto found = topics_.find(topic);
  if (found == topics_.end() || found->second->is_live)
    return;
  found->second->is_live = true;
  send_states(*found->second);
}

void worker::post_broadcast(caf::strong_actor_ptr keep,
                            const shared_subscription* from, outgoing frame,
                            std::uint64_t sender) {
  post([this, keep = std::move(keep), from, frame = std::move(frame), sender] {
    broadcast(from, frame, sender);
  });
}

void worker::broadcast(const shared_subscription* from, const outgoing& frame,
                       std::uint64_t sender) {
  const auto found = topics_.find(from->topic());
  // An earlier subscription has nothing to say any more.
  if (found == topics_.end() || found->second->handle.subscription != from)
    return;
  for (const auto* member : found->second->members)
    if (member->id != sender)
      member->owner->send_message(frame);
}

void worker::post_diff(caf::strong_actor_ptr keep,
                       const shared_subscription* from, diff_kind kind,
                       shared_bytes payload) {
  post([this, keep = std::move(keep), from, kind,
        payload = std::move(payload)] { send_diff(from, kind, payload); });
}

/// The payload is shared; what stands before it has the member's join_ref. With
/// none, as broadcasts have, a client that left and joined again would take
/// what was meant for its former self, and keep who left in between.
void worker::send_diff(const shared_subscription* from, diff_kind kind,
                       const shared_bytes& payload) {
  const auto found = topics_.find(from->topic());
  if (found == topics_.end() || found->second->handle.subscription != from)
    return;
  for (auto* member : found->second->members)
    if (member->diffs == kind)
      push_shared(*member, "presence_diff", payload);
}

void worker::push_shared(live_channel& to, std::string_view event,
                         const shared_bytes& payload) {
  auto head = text_head(to.own_ref, null_ref, to.topic, event);
  to.owner->send_message({share(std::move(head)), payload});
}

void worker::send_states(local_topic& to) {
  if (to.state_waiters == 0)
    return;
  if (core_.who.enriches()) {
    fetch_state(to);
    return;
  }
  const auto state = state_of(to);
  for (auto* member : to.members)
    if (member->wants_state)
      send_state(*member, state);
}

/// What comes for the client behind a state stays behind it, however long that
/// takes to be read.
void worker::send_state(live_channel& to, const encoded_state& state) {
  to.wants_state = false;
  --to.place->state_waiters;
  auto head = text_head(to.own_ref, null_ref, to.topic, "presence_state");
  to.owner->send_message(
      {share(std::move(head)), state.text, false, state.parts});
}

const encoded_state& worker::state_of(local_topic& topic) {
  auto now = core_.who.list(topic.name);
  if (topic.state && now.is_same(topic.state_snapshot))
    return *topic.state;
  if (!topic.state)
    cached_.push_back(&topic);
  topic.state = encode_state(now);
  topic.state_snapshot = std::move(now);
  return *topic.state;
}

void worker::sweep_caches() {
  for (auto* each : cached_) {
    each->state.reset();
    each->state_snapshot = {};
  }
  cached_.clear();
}

void worker::fetch_state(local_topic& of) {
  if (std::exchange(of.is_fetching, true))
    return;
  std::vector<std::uint64_t> waiting;
  for (const auto* member : of.members)
    if (member->wants_state)
      waiting.push_back(member->id);
  auto request = std::make_shared<fetch_request>();
  request->topic = of.name;
  request->done = [self = shared_from_this(), keep = of.handle.actor,
                   from = of.handle.subscription,
                   waiting = std::move(waiting)](const topic_snapshot& found) {
    self->post([self, keep, from, waiting,
                state = encode_state(found.presences, found.extra)] {
      self->take_fetched(from, waiting, state);
    });
  };
  caf::anon_send(core_.fetcher, fetch_request_ptr{std::move(request)});
}

void worker::take_fetched(const shared_subscription* from,
                          const std::vector<std::uint64_t>& waiting,
                          const encoded_state& state) {
  const auto found = topics_.find(from->topic());
  if (found == topics_.end() || found->second->handle.subscription != from)
    return;
  auto& place = *found->second;
  place.is_fetching = false;
  // Only those who were members when it was asked for; ids grow, so the list
  // is searched in order.
  auto ids = waiting;
  std::sort(ids.begin(), ids.end());
  for (auto* member : place.members)
    if (member->wants_state
        && std::binary_search(ids.begin(), ids.end(), member->id))
      send_state(*member, state);
  if (place.state_waiters > 0)
    fetch_state(place);
}

} // namespace rollcall::channels
