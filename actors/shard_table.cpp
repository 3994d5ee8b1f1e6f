#include "actors/shard_table.hpp"

#include <fmt/core.h>

namespace rollcall {

shard_table::shard_table(const crdt::replica_id& self, const config& settings,
                         bool watches_all, diff_queue& queue)
    : presences_per_topic_max_{settings.presences_per_topic_max},
      subscribers_per_topic_max_{settings.subscribers_per_topic_max},
      watches_all_{watches_all},
      queue_{queue},
      set_{self, limits::write_log_deaths_max} {
}

// -- bookkeeping --------------------------------------------------------------

bool shard_table::is_watched(const crdt::change& change) const noexcept {
  return watches_all_ || set_.is_pinned(*change.topic);
}

void shard_table::note(outcome& result, crdt::change change) {
  result.wrote = true;
  if (is_watched(change))
    result.wakes |= queue_.push(std::move(change));
}

void shard_table::drop_owner_if_idle(std::uint64_t owner) {
  if (!set_.has_owner(owner))
    owners_.remove(owner);
}

std::vector<caf::actor_addr> shard_table::start_anew() {
  const std::lock_guard guard{mutex_};
  return owners_.start_anew();
}

std::vector<owner_event> shard_table::take_owner_events() {
  const std::lock_guard guard{mutex_};
  return owners_.take_events();
}

// -- writes -------------------------------------------------------------------

caf::error shard_table::refuse(ec code, std::string why) {
  ++counters_.refusals;
  return make_error(code, std::move(why));
}

void shard_table::count_refusal() {
  const std::lock_guard guard{mutex_};
  ++counters_.refusals;
}

caf::expected<shard_table::outcome>
shard_table::track(const std::string& topic, crdt::draft_ptr draft,
                   const caf::strong_actor_ptr& owner) {
  const std::lock_guard guard{mutex_};
  auto change = join(topic, std::move(draft));
  if (!change)
    return std::move(change.error());
  ++counters_.tracks;
  outcome result;
  result.answer = {change->after->dot(), change->after->previous_seq()};
  owners_.add(owner);
  result.has_owner_events = owners_.has_events();
  note(result, std::move(*change));
  return result;
}

caf::expected<crdt::change> shard_table::join(const std::string& topic,
                                              crdt::draft_ptr draft) {
  if (const auto* before = lingering_under(topic, draft->key()))
    return set_.replace(*before, std::move(draft));
  const auto* node = set_.topic(topic);
  if (node != nullptr && node->size() >= presences_per_topic_max_)
    return refuse(ec::too_many_presences,
                  fmt::format("the topic has {} presences, the most that "
                              "presences_per_topic_max allows",
                              node->size()));
  const std::string key{draft->key()};
  auto change = set_.join(topic, std::move(draft));
  if (!change)
    return refuse(ec::already_tracked,
                  fmt::format("the owner already has key '{}' in topic '{}'; "
                              "update it or untrack it first",
                              key, topic));
  return std::move(*change);
}

/// A presence that outlives its owner and has this key; it lingers no more.
const entry* shard_table::lingering_under(std::string_view topic,
                                          std::string_view key) {
  const auto seq = lingering_.take(topic, key);
  return seq ? set_.find_own(*seq) : nullptr;
}

void shard_table::let_linger(const entry& presence, time_point now) {
  lingering_.add(set_.topic_of(presence), presence.key(), presence.dot().seq,
                 now.time_since_epoch()
                     + std::chrono::milliseconds{presence.linger_ms()});
  set_.disown(presence);
}

caf::error shard_table::not_tracked(std::string_view topic,
                                    std::string_view key) {
  return refuse(
      ec::not_tracked,
      fmt::format("the owner has no key '{}' in topic '{}'", key, topic));
}

caf::expected<entry_ptr> shard_table::find_own(std::string_view topic,
                                               std::string_view key,
                                               std::uint64_t owner) {
  const std::lock_guard guard{mutex_};
  const auto* found = set_.find(topic, key, owner);
  if (found == nullptr)
    return not_tracked(topic, key);
  return entry_ptr{found};
}

caf::expected<shard_table::outcome>
shard_table::update(std::string_view topic, crdt::draft_ptr draft,
                    std::optional<crdt::dot> before) {
  const std::lock_guard guard{mutex_};
  const auto* current = set_.find(topic, draft->key(), draft->owner());
  if (current == nullptr)
    return not_tracked(topic, draft->key());
  if (before && *before != current->dot())
    return make_error(ec::conflict, "the presence was changed meanwhile");
  ++counters_.updates;
  draft->inherit_linger(*current);
  auto change = set_.replace(*current, std::move(draft));
  outcome result;
  result.answer = {change.after->dot(), change.after->previous_seq()};
  note(result, std::move(change));
  return result;
}

shard_table::outcome shard_table::untrack(std::string_view topic,
                                          std::string_view key,
                                          std::uint64_t owner) {
  const std::lock_guard guard{mutex_};
  outcome result;
  if (auto change = set_.leave(topic, key, owner)) {
    ++counters_.untracks;
    note(result, std::move(*change));
    drop_owner_if_idle(owner);
    result.has_owner_events = owners_.has_events();
  }
  return result;
}

shard_table::outcome shard_table::untrack_owner(std::uint64_t owner) {
  const std::lock_guard guard{mutex_};
  outcome result;
  leave_all(result, owner);
  drop_owner_if_idle(owner);
  result.has_owner_events = owners_.has_events();
  return result;
}

void shard_table::leave_all(outcome& result, std::uint64_t owner) {
  crdt::changes all;
  set_.leave_owner(owner, all);
  counters_.untracks += all.size();
  for (auto& change : all)
    note(result, std::move(change));
}

shard_table::outcome shard_table::owner_ended(const caf::actor_addr& owner,
                                              bool lingers, time_point now) {
  const std::lock_guard guard{mutex_};
  outcome result;
  if (lingers)
    for (const auto* presence : set_.owned_by(owner.id()))
      if (presence->linger_ms() != 0)
        let_linger(*presence, now);
  leave_all(result, owner.id());
  owners_.forget(owner.id());
  return result;
}

shard_table::outcome shard_table::end_lingering(time_point now) {
  const std::lock_guard guard{mutex_};
  outcome result;
  for (const auto seq : lingering_.expire(now.time_since_epoch())) {
    const auto* presence = set_.find_own(seq);
    if (presence == nullptr)
      continue;
    ++counters_.untracks;
    note(result, set_.leave(*presence));
  }
  return result;
}

std::optional<shard_table::time_point> shard_table::next_linger_end() const {
  const std::lock_guard guard{mutex_};
  const auto end = lingering_.next_end();
  if (!end)
    return std::nullopt;
  return time_point{*end};
}

// -- subscriptions ------------------------------------------------------------

caf::expected<bool> shard_table::watch(std::string topic,
                                       caf::strong_actor_ptr subscriber,
                                       bool wants_passed) {
  const std::lock_guard guard{mutex_};
  if (!queue_.takes_subscribers())
    return refuse(ec::too_many_subscribers,
                  fmt::format("{} subscriptions wait for a slow hook, the most "
                              "that may; try later",
                              limits::waiting_subscriptions_max));
  const auto found = watched_.find(topic);
  if (found != watched_.end()
      && found->second.size() >= subscribers_per_topic_max_
      && !found->second.contains(subscriber->address()))
    return refuse(ec::too_many_subscribers,
                  fmt::format("the topic has {} subscribers, the most that "
                              "subscribers_per_topic_max allows",
                              found->second.size()));
  if (found == watched_.end())
    set_.pin(topic);
  watched_[topic].insert(subscriber->address());
  auto held = set_.list(topic);
  return queue_.push(subscriber_joined{std::move(topic), std::move(subscriber),
                                       std::move(held), wants_passed});
}

bool shard_table::unwatch(std::string topic, caf::strong_actor_ptr subscriber) {
  const std::lock_guard guard{mutex_};
  // What waits in the queue is bounded by this, too: only who subscribed can
  // put the end of a subscription there.
  if (!drop_watcher(topic, subscriber->address()))
    return false;
  return queue_.push(subscriber_left{std::move(topic), std::move(subscriber)});
}

void shard_table::forget_watcher(const std::string& topic,
                                 const caf::actor_addr& who) {
  const std::lock_guard guard{mutex_};
  drop_watcher(topic, who);
}

/// @returns whether the actor watched the topic.
bool shard_table::drop_watcher(const std::string& topic,
                               const caf::actor_addr& who) {
  const auto found = watched_.find(topic);
  if (found == watched_.end() || found->second.erase(who) == 0)
    return false;
  if (found->second.empty()) {
    watched_.erase(found);
    set_.unpin(topic);
  }
  return true;
}

} // namespace rollcall
