#include "crdt/shard/shard_core.hpp"

#include <algorithm>
#include <cassert>
#include <utility>
#include <variant>

namespace rollcall::crdt {

namespace {

/// What was written right after a flush must be elsewhere within the period, so
/// the time that it needs to get there is taken off the pause.
replicator_config with_pace(replicator_config settings) {
  settings.broadcast_period = std::max(settings.broadcast_period * 4 / 5,
                                       std::chrono::milliseconds{1});
  return settings;
}

} // namespace

shard_core::shard_core(const replica_id& self, const shard_settings& settings)
    : settings_{settings},
      set_{self, settings.deaths_max},
      sessions_{set_, lingering_, settings.single_session},
      queue_{settings.waiting},
      sync_{set_, with_pace(settings.replication)} {
}

// -- bookkeeping --------------------------------------------------------------

void shard_core::note(change changed, shard_effects& out) {
  if (settings_.has_hooks || set_.is_pinned(*changed.topic))
    out.wakes_dispatcher |= queue_.push(changed);
  out.changes.push_back(std::move(changed));
}

/// This node wrote something, which its peers lack.
void shard_core::wrote(tick_time now) {
  ++version_;
  sync_.wrote(now);
  written_.note(set_.own_writes(), now);
}

shard_answer shard_core::refuse(refusal why, std::size_t count) {
  ++counters_.refusals;
  return {why, count, {}, 0};
}

shard_answer shard_core::answer_of(const change& changed) noexcept {
  return {refusal::none, 0, changed.after->dot(),
          changed.after->previous_seq()};
}

// -- writes -------------------------------------------------------------------

shard_answer shard_core::track(std::string_view topic, draft_ptr draft,
                               tick_time now, shard_effects& out,
                               std::uint64_t wall_ms) {
  const auto owner = draft->owner();
  const auto policy = sessions_.policy_of(topic);
  if ((policy || lingering_.size() != 0)
      && set_.find(topic, draft->key(), owner) != nullptr)
    return refuse(refusal::already_tracked);
  if (policy)
    if (const auto answer = make_way(*policy, topic, draft, wall_ms, out);
        answer.why != refusal::none)
      return answer;
  join_result joined;
  if (const auto* before = take_lingering(topic, draft->key()))
    joined.done = set_.replace(*before, std::move(draft));
  else
    joined
        = set_.join(topic, std::move(draft), settings_.presences_per_topic_max);
  if (joined.is_full)
    return refuse(refusal::too_many_presences, set_.topic(topic)->size());
  if (!joined.done)
    return refuse(refusal::already_tracked);
  ++counters_.tracks;
  if (presence_set::is_alone(*joined.done->after))
    out.owners.push_back({owner, true});
  const auto result = answer_of(*joined.done);
  note(std::move(*joined.done), out);
  wrote(now);
  return result;
}

shard_answer shard_core::update(std::string_view topic, draft_ptr draft,
                                std::optional<dot> before, tick_time now,
                                shard_effects& out) {
  const auto place = set_.find_place(topic, draft->key(), draft->owner());
  const auto* current = place.presence();
  // Whoever lingers has no owner any more that could update it, and an update
  // would give it back to an owner whose end nobody learns again.
  if (current == nullptr || lingering_.contains(current->dot().seq))
    return refuse(refusal::not_tracked);
  if (before && *before != current->dot())
    return {refusal::conflict, 0, {}, 0}; // The caller tries again.
  ++counters_.updates;
  if (const auto began = stored_entry::of(*current).began())
    draft = stored_entry::make_again(*draft, began);
  draft->inherit_linger(*current);
  auto changed = set_.replace(place, std::move(draft));
  const auto result = answer_of(changed);
  note(std::move(changed), out);
  wrote(now);
  return result;
}

entry_ptr shard_core::find_own(std::string_view topic, std::string_view key,
                               std::uint64_t owner) {
  const auto* found = set_.find(topic, key, owner);
  if (found == nullptr)
    ++counters_.refusals;
  return entry_ptr{found};
}

void shard_core::untrack(std::string_view topic, std::string_view key,
                         std::uint64_t owner, tick_time now,
                         shard_effects& out) {
  auto changed = set_.leave(topic, key, owner);
  if (!changed)
    return;
  ++counters_.untracks;
  const bool has_lingered = lingering_.forget(changed->before->dot().seq);
  note(std::move(*changed), out);
  wrote(now);
  if (!has_lingered)
    end_watch_if_idle(owner, out);
}

void shard_core::untrack_owner(std::uint64_t owner, tick_time now,
                               shard_effects& out) {
  if (!set_.has_owner(owner))
    return;
  leave_all(owner, leave_reason::left, now, out);
  end_watch_if_idle(owner, out);
}

void shard_core::leave_all(std::uint64_t owner, leave_reason why, tick_time now,
                           shard_effects& out) {
  const auto before = out.changes.size();
  set_.leave_owner(owner, out.changes, why);
  const auto count = out.changes.size() - before;
  if (count == 0)
    return;
  counters_.untracks += count;
  for (auto i = before; i < out.changes.size(); ++i)
    if (settings_.has_hooks || set_.is_pinned(*out.changes[i].topic))
      out.wakes_dispatcher |= queue_.push(out.changes[i]);
  wrote(now);
}

void shard_core::end_watch_if_idle(std::uint64_t owner,
                                   shard_effects& out) const {
  if (!set_.has_owner(owner))
    out.owners.push_back({owner, false});
}

// -- lingering ----------------------------------------------------------------

void shard_core::owner_ended(std::uint64_t owner, leave_reason why,
                             tick_time now, shard_effects& out) {
  if (why == leave_reason::lost)
    for (const auto* presence : set_.owned_by(owner))
      if (presence->linger_ms() != 0)
        let_linger(*presence, now);
  leave_all(owner, why, now, out);
}

void shard_core::let_linger(const entry& presence, tick_time now) {
  const auto end = now + std::chrono::milliseconds{presence.linger_ms()};
  lingering_.add(presence_set::topic_of(presence), presence.key(),
                 presence.dot().seq, end);
  set_.disown(presence);
}

/// A presence that outlives its owner and has this key; it lingers no more.
const entry* shard_core::take_lingering(std::string_view topic,
                                        std::string_view key) {
  const auto seq = lingering_.take(topic, key);
  return seq ? set_.find_own(*seq) : nullptr;
}

void shard_core::tick(tick_time now, shard_effects& out) {
  bool has_ended = false;
  for (const auto seq : lingering_.expire(now)) {
    const auto* presence = set_.find_own(seq);
    assert(presence != nullptr); // What leaves otherwise is forgotten there.
    ++counters_.untracks;
    note(set_.leave(*presence, leave_reason::lost), out);
    has_ended = true;
  }
  if (has_ended)
    wrote(now);
  end_waiting_topics(now, out);
}

std::optional<tick_time> shard_core::next_wake_up() const {
  if (is_ending_topics())
    return tick_time{0}; // At once.
  auto result = sync_.next_flush();
  if (const auto end = lingering_.next_end()) {
    // Rounded up: at that moment the linger must be over.
    const auto when = std::chrono::ceil<tick_time>(*end);
    result = result ? std::min(*result, when) : when;
  }
  return result;
}

// -- subscriptions ------------------------------------------------------------

shard_answer shard_core::subscribe(std::string topic, subscriber_id who,
                                   bool wants_passed, shard_effects& out) {
  if (!queue_.takes_subscribers())
    return refuse(refusal::subscriptions_waiting);
  const auto others = subscriptions_.others(topic, who);
  if (others >= settings_.subscribers_per_topic_max)
    return refuse(refusal::too_many_subscribers, others);
  if (subscriptions_.add(topic, who))
    set_.pin(topic);
  auto held = set_.list(topic);
  out.wakes_dispatcher |= queue_.push(
      subscriber_joined{std::move(topic), who, std::move(held), wants_passed});
  return {};
}

void shard_core::unsubscribe(std::string topic, subscriber_id who,
                             shard_effects& out) {
  // What waits in the queue is bounded by this, too: only who subscribed can
  // put the end of a subscription there.
  if (drop_subscriber(topic, who))
    out.wakes_dispatcher |= queue_.push(subscriber_left{std::move(topic), who});
}

void shard_core::forget_subscriber(const std::string& topic,
                                   subscriber_id who) {
  static_cast<void>(drop_subscriber(topic, who));
}

/// @returns whether it had subscribed to the topic.
bool shard_core::drop_subscriber(const std::string& topic, subscriber_id who) {
  const auto done = subscriptions_.remove(topic, who);
  if (done == topic_subscriptions::removal::last)
    set_.unpin(topic);
  return done != topic_subscriptions::removal::none;
}

void shard_core::publish(published_event event, shard_effects& out) {
  out.wakes_dispatcher |= queue_.push(std::move(event));
}

// -- the cluster --------------------------------------------------------------

void shard_core::take(const shard_input& input, tick_time now,
                      shard_effects& out) {
  ++version_;
  sync_effects effects;
  std::visit([&](const auto& it) { step(it, now, effects); }, input);
  take_effects(effects, now, out);
}

apply_result shard_core::received(const std::string& peer,
                                  const interval& arrived, std::size_t bytes,
                                  tick_time now, shard_effects& out) {
  ++version_;
  sync_effects effects;
  const auto result = sync_.received(peer, arrived, bytes, now, effects);
  take_effects(effects, now, out);
  return result;
}

void shard_core::take_effects(sync_effects& effects, tick_time now,
                              shard_effects& out) {
  const auto first = out.changes.size();
  for (auto& each : effects.diffs)
    note(std::move(each), out);
  out.questions.insert(out.questions.end(),
                       std::make_move_iterator(effects.requests.begin()),
                       std::make_move_iterator(effects.requests.end()));
  out.reports_due.insert(effects.reports_due.begin(),
                         effects.reports_due.end());
  end_losers(first, now, out);
}

void shard_core::step(const node_changed& input, tick_time now,
                      sync_effects& out) {
  switch (input.event.kind) {
  case node_event_kind::up:
    return sync_.node_up(input.event.who, out);
  case node_event_kind::down:
    return sync_.node_down(input.event.who, out);
  case node_event_kind::gone:
    return sync_.node_gone(input.event.who, out);
  case node_event_kind::conflict:
    sync_.reincarnate(input.event.who.incarnation, out);
    lingering_.renumber(out.diffs);
    return written_.note(set_.own_writes(), now);
  }
}

void shard_core::step(const peer_connected& input, tick_time, sync_effects&) {
  sync_.connected(input.peer);
}

void shard_core::step(const peer_disconnected& input, tick_time,
                      sync_effects&) {
  sync_.disconnected(input.peer);
}

void shard_core::step(const report_arrived& input, tick_time now,
                      sync_effects& out) {
  sync_.heard(input.peer, input.report, now, out);
}

void shard_core::step(const interval_arrived&, tick_time, sync_effects&) {
  assert(!"an interval must be read before a shard takes it");
}

void shard_core::step(const request_arrived& input, tick_time now,
                      sync_effects&) {
  sync_.requested(input.peer, input.replica, input.known, now);
}

void shard_core::step(const relays_changed& input, tick_time, sync_effects&) {
  sync_.set_direct(input.direct);
  for (const auto& [peer, origins] : input.plan)
    sync_.relay(peer, origins);
}

/// A topic of which nothing is here does not wait, so what waits is bounded.
void shard_core::step(const topic_ended& input, tick_time, sync_effects&) {
  if (const auto* node = set_.topic(input.topic);
      node != nullptr && node->size() != 0)
    topic_ends_.add(input.topic);
}

std::vector<send_interval> shard_core::due(tick_time now) {
  return sync_.due(now);
}

std::optional<interval>
shard_core::make_interval(const send_interval& wanted) const {
  return set_.make_interval(wanted.replica, wanted.known,
                            settings_.chunk_bytes);
}

void shard_core::sent(const send_interval& wanted, progress to,
                      std::size_t bytes, tick_time now) {
  ++version_;
  for (const auto& peer : wanted.peers)
    sync_.sent(peer, wanted.replica, to, bytes, now);
}

replication_lag shard_core::lag(const std::string& peer, tick_time now) const {
  const auto own = set_.progress_of(set_.self_tag());
  const auto told = sync_.out().acknowledged(peer);
  return {own.seen - std::min(own.seen, told.seen),
          written_.age_after(told.seen, now), sync_.out().unacknowledged(peer)};
}

} // namespace rollcall::crdt
