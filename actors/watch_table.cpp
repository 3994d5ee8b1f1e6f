#include "actors/watch_table.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace rollcall {

watch_table::watch_table(const config& settings)
    : follows_{{settings.diff_window,
                settings.follows_max,
                limits::waiting_subscriptions_max,
                {settings.last_seen_for, settings.last_seen_max}}},
      counts_{limits::count_watches_max},
      ranges_{limits::range_watches_max} {
}

// -- what is here -------------------------------------------------------------

bool watch_table::take(listeners told_to, std::span<const crdt::change> all,
                       time now) {
  const checked_guard guard{mutex_};
  if (has(told_to, listeners::followers))
    follows_.take(all, now);
  if (has(told_to, listeners::counters))
    counts_.take(all);
  if (has(told_to, listeners::ranges) && !ranges_.is_idle())
    for (const auto& one : all)
      ranges_.changed(one.topic->name());
  return is_urgent();
}

bool watch_table::add(std::string_view topic,
                      std::span<const std::string_view> keys, time now) {
  const checked_guard guard{mutex_};
  for (const auto key : keys)
    follows_.add(topic, key, now);
  return is_urgent();
}

std::optional<watch_table::time> watch_table::deadline() const {
  std::optional<time> result;
  for (const auto& one : {follows_.next_deadline(), counts_.next_deadline(),
                          ranges_.next_deadline()})
    if (one && (!result || *one < *result))
      result = one;
  return result;
}

bool watch_table::is_urgent() {
  const auto next = deadline();
  if (!next || *next >= next_work_)
    return false;
  next_work_ = *next;
  return true;
}

bool watch_table::is_online(std::string_view key,
                            std::string_view topic_prefix) const {
  const checked_guard guard{mutex_};
  return follows_.is_online(key, topic_prefix);
}

// -- who was seen when --------------------------------------------------------

std::optional<watch_table::time> watch_table::last_seen_of(std::string_view key,
                                                           time now) const {
  const checked_guard guard{mutex_};
  return follows_.last_seen_of(key, now);
}

void watch_table::learn(std::span<const crdt::seen_key> all, time now) {
  const checked_guard guard{mutex_};
  follows_.learn(all, now);
}

crdt::last_seen::page
watch_table::last_seen_after(crdt::last_seen::position where,
                             const crdt::last_seen::selection& wanted,
                             time now) const {
  const checked_guard guard{mutex_};
  return follows_.seen().read_after(where, wanted, now);
}

// -- followers ----------------------------------------------------------------

crdt::follow_core::answer
watch_table::follow(const caf::strong_actor_ptr& who,
                    const std::string& topic_prefix,
                    std::span<const std::string> keys) {
  const auto id = id_of(who->address());
  const checked_guard guard{mutex_};
  const auto answer = follows_.follow(id, topic_prefix, keys);
  if (answer == crdt::follow_core::answer::done && follows_.is_following(id))
    started(who);
  return answer;
}

void watch_table::unfollow(const caf::strong_actor_ptr& who,
                           const std::string& topic_prefix,
                           std::span<const std::string> keys) {
  const auto id = id_of(who->address());
  const checked_guard guard{mutex_};
  follows_.unfollow(id, topic_prefix, keys);
  stopped(id);
}

void watch_table::unfollow_all(const caf::strong_actor_ptr& who) {
  const auto id = id_of(who->address());
  const checked_guard guard{mutex_};
  follows_.forget(id);
  stopped(id);
}

// -- hooks --------------------------------------------------------------------

void watch_table::start_to_hear(std::size_t share, std::size_t shares,
                                time now) {
  const checked_guard guard{mutex_};
  follows_.start_to_hear(share, shares, now);
}

std::vector<crdt::key_status> watch_table::take_heard(std::size_t share) {
  const checked_guard guard{mutex_};
  return follows_.take_heard(share, deliveries_max);
}

// -- watchers of counts -------------------------------------------------------

bool watch_table::watch_counts(const caf::strong_actor_ptr& who,
                               const std::string& pattern, time interval) {
  const checked_guard guard{mutex_};
  if (!counts_.watch(id_of(who->address()), pattern, interval))
    return false;
  started(who);
  return true;
}

void watch_table::unwatch_counts(const caf::strong_actor_ptr& who,
                                 const std::string& pattern) {
  const auto id = id_of(who->address());
  const checked_guard guard{mutex_};
  counts_.unwatch(id, pattern);
  stopped(id);
}

// -- watchers of ranges -------------------------------------------------------

bool watch_table::watch_range(const caf::strong_actor_ptr& who,
                              const std::string& topic,
                              crdt::presence_range range, time interval) {
  const checked_guard guard{mutex_};
  if (!ranges_.watch(id_of(who->address()), topic, range, interval))
    return false;
  started(who);
  return true;
}

void watch_table::unwatch_range(const caf::strong_actor_ptr& who,
                                const std::string& topic,
                                crdt::presence_range range) {
  const auto id = id_of(who->address());
  const checked_guard guard{mutex_};
  ranges_.unwatch(id, topic, range);
  stopped(id);
}

// -- who watches --------------------------------------------------------------

bool watch_table::is_watching(crdt::subscriber_id who) const {
  return follows_.is_following(who) || counts_.is_watching(who)
         || ranges_.is_watching(who);
}

void watch_table::started(const caf::strong_actor_ptr& who) {
  const auto id = id_of(who->address());
  watchers_.try_emplace(id, handle{who, false});
  changed_.insert(id);
}

void watch_table::stopped(crdt::subscriber_id who) {
  if (!is_watching(who) && watchers_.contains(who))
    changed_.insert(who);
}

// -- by the dispatcher --------------------------------------------------------

void watch_table::start_anew() {
  const checked_guard guard{mutex_};
  follows_.tell_all_again();
  counts_.tell_all_again();
  ranges_.tell_all_again();
  next_work_ = time::max();
  for (auto& [id, one] : watchers_) {
    one.is_monitored = false;
    changed_.insert(id);
  }
}

/// Who is monitored is who watches something.
void watch_table::watch_changed(watch_batch& out) {
  for (const auto id : std::exchange(changed_, {})) {
    const auto found = watchers_.find(id);
    if (found == watchers_.end())
      continue;
    auto& one = found->second;
    if (!is_watching(id)) {
      out.gone.push_back(std::move(one.actor));
      watchers_.erase(found);
    } else if (!std::exchange(one.is_monitored, true)) {
      out.newcomers.push_back(one.actor);
    }
  }
}

std::vector<caf::strong_actor_ptr>
watch_table::find(std::span<const crdt::subscriber_id> all) const {
  std::vector<caf::strong_actor_ptr> result;
  result.reserve(all.size());
  for (const auto id : all) {
    const auto found = watchers_.find(id);
    if (found != watchers_.end())
      result.push_back(found->second.actor);
  }
  return result;
}

namespace {

std::span<const crdt::subscriber_id>
targets(const crdt::follow_state_delivery& one) {
  return {&one.to, 1};
}

std::span<const crdt::subscriber_id> targets(const crdt::status_delivery& one) {
  return one.to;
}

} // namespace

watch_batch watch_table::take_batch(time now) {
  watch_batch result;
  const checked_guard guard{mutex_};
  watch_changed(result);
  result.hearers = follows_.take_hearers(now);
  while (result.statuses.size() < deliveries_max) {
    auto next = follows_.next(now);
    if (!next)
      break;
    auto to = find(std::visit([](auto& one) { return targets(one); }, *next));
    told_ += to.size();
    result.statuses.push_back({std::move(*next), std::move(to)});
  }
  while (result.counts.size() < deliveries_max) {
    auto next = counts_.next(now);
    if (!next)
      break;
    auto to = find(next->to);
    result.counts.push_back({std::move(*next), std::move(to)});
  }
  take_ranges(result, now);
  return result;
}

void watch_table::take_ranges(watch_batch& out, time now) {
  while (out.ranges.size() < deliveries_max) {
    auto next = ranges_.next(now);
    if (!next)
      break;
    auto ready = addressed(std::exchange(next->ready, {}));
    out.ranges.push_back({std::move(*next), std::move(ready)});
  }
}

std::vector<watch_batch::range>
watch_table::addressed(std::vector<crdt::range_delivery> all) const {
  std::vector<watch_batch::range> result;
  result.reserve(all.size());
  for (auto& one : all) {
    auto to = find(one.to);
    result.push_back({std::move(one), std::move(to)});
  }
  return result;
}

std::vector<watch_batch::range>
watch_table::take(const crdt::range_work& work,
                  std::vector<crdt::range_window> windows) {
  const checked_guard guard{mutex_};
  return addressed(ranges_.take(work, std::move(windows)));
}

std::optional<watch_table::time> watch_table::next_deadline() {
  const checked_guard guard{mutex_};
  const auto result = deadline();
  next_work_ = result.value_or(time::max());
  return result;
}

void watch_table::watcher_ended(crdt::subscriber_id who) {
  handles::node_type dropped; // Freed when the lock is free again.
  const checked_guard guard{mutex_};
  follows_.forget(who);
  counts_.forget(who);
  ranges_.forget(who);
  dropped = watchers_.extract(who);
}

/// What is let go of may end, so that happens without the lock.
void watch_table::forget_actors() {
  handles dropped;
  const checked_guard guard{mutex_};
  for (const auto& [id, one] : watchers_) {
    follows_.forget(id);
    counts_.forget(id);
    ranges_.forget(id);
  }
  dropped.swap(watchers_);
}

void watch_table::add_to(runtime_stats& total) const {
  const checked_guard guard{mutex_};
  total.followers += follows_.followers();
  total.follows += follows_.follows();
  total.last_seen_keys += follows_.seen().size();
  total.statuses += told_;
  total.ranges += ranges_.ranges();
}

} // namespace rollcall
