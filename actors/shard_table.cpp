#include "actors/shard_table.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace rollcall {

namespace {

crdt::shard_settings settings_of(const config& settings, bool has_hooks) {
  crdt::shard_settings result;
  result.presences_per_topic_max = settings.presences_per_topic_max;
  result.subscribers_per_topic_max = settings.subscribers_per_topic_max;
  result.has_hooks = has_hooks;
  result.replication
      = {settings.replication.broadcast_period,
         settings.replication.window_bytes, settings.replication.resend_after};
  result.chunk_bytes = settings.replication.chunk_bytes;
  result.single_session = settings.single_session;
  return result;
}

} // namespace

crdt::subscriber_id id_of(const caf::actor_addr& subscriber) {
  const auto* block = subscriber.get();
  if (block->nid == block->home_system->node())
    return {block->aid};
  const auto node = std::hash<caf::node_id>{}(block->nid);
  return {block->aid ^ (node | 1ull << 63)};
}

shard_table::shard_table(const crdt::replica_id& self, const config& settings,
                         bool has_hooks)
    : shard_index_{self.shard},
      core_{self, settings_of(settings, has_hooks)} {
}

// -- bookkeeping --------------------------------------------------------------

/// What is left of a step that memory ran out in is no part of the next one.
crdt::shard_effects& shard_table::fresh_effects() {
  effects_.clear();
  return effects_;
}

/// @param owner who called, if an owner may have come in by it.
shard_table::outcome shard_table::settle(const crdt::shard_answer& answer,
                                         const caf::strong_actor_ptr& owner) {
  outcome result;
  result.answer = answer;
  result.replaced = take_replaced();
  for (const auto& watch : effects_.owners) // A call is about one more owner.
    if (!ends_watch(watch, result.replaced))
      result.watch = note(watch, owner);
  const bool has_written = !effects_.changes.empty();
  result.wakes_dispatcher = effects_.wakes_dispatcher;
  result.wakes_shard = has_written && core_.has_flush();
  if (effects_.changes.size() == 1)
    result.changed = std::move(effects_.changes.front());
  else if (has_written)
    result.more_changed = std::exchange(effects_.changes, {});
  if (has_written)
    result.told_to = told_to_;
  effects_.clear();
  return result;
}

/// The number tells one watch over an owner from the next, so that they may
/// start and end in any order when the lock is free again.
shard_table::watch_change
shard_table::note(const crdt::owner_watch& watch,
                  const caf::strong_actor_ptr& owner) {
  if (watch.starts) {
    owners_.insert_or_assign(watch.owner,
                             watched_owner{owner->address(), ++watches_});
    return {watches_, true};
  }
  const auto found = owners_.find(watch.owner);
  if (found == owners_.end())
    return {};
  const watch_change result{found->second.watch, false};
  owners_.erase(found);
  return result;
}

/// The owners that lost presences to other sessions, once for each.
std::vector<shard_table::replaced_owner> shard_table::take_replaced() {
  std::vector<replaced_owner> result;
  for (const auto& each : effects_.replaced) {
    const auto found = owners_.find(each.owner);
    if (found == owners_.end())
      continue;
    result.push_back(
        {caf::actor_cast<caf::strong_actor_ptr>(found->second.address),
         0,
         {each.topic->name(), std::string{each.presence->key()}}});
  }
  return result;
}

/// Whether the watch over one of these owners ends.
bool shard_table::ends_watch(const crdt::owner_watch& watch,
                             std::vector<replaced_owner>& of) {
  if (watch.starts)
    return false;
  const auto found
      = std::find_if(of.begin(), of.end(), [&](const replaced_owner& each) {
          return each.who && each.who->id() == watch.owner;
        });
  if (found == of.end())
    return false;
  found->watch = note(watch, {}).number;
  return true;
}

/// Of a step that ends presences of any number of owners.
shard_table::outcome shard_table::settle_ends() {
  auto idle = take_idle();
  auto result = settle(crdt::shard_answer{});
  result.idle = std::move(idle);
  return result;
}

/// The owners that have nothing left here. Of those that are about to end
/// nobody can stop the watch, and nobody need.
std::vector<shard_table::idle_owner> shard_table::take_idle() {
  std::vector<idle_owner> result;
  result.reserve(effects_.owners.size()); // Before there is an actor at hand.
  for (const auto& watch : effects_.owners) {
    const auto found = owners_.find(watch.owner);
    if (found == owners_.end())
      continue;
    auto who = caf::actor_cast<caf::strong_actor_ptr>(found->second.address);
    if (who)
      result.push_back({std::move(who), found->second.watch});
    owners_.erase(found);
  }
  effects_.owners.clear();
  return result;
}

shard_table::interval_outcome shard_table::settle(crdt::apply_result result) {
  interval_outcome done{result,
                        effects_.wakes_dispatcher,
                        std::exchange(effects_.questions, {}),
                        std::exchange(effects_.reports_due, {}),
                        take_replaced(),
                        told_to_,
                        {}};
  for (const auto& watch : effects_.owners)
    if (!ends_watch(watch, done.replaced))
      note(watch, {}); // The owner has ended: nothing is left to stop.
  if (told_to_ != listeners::none)
    done.changed = std::exchange(effects_.changes, {});
  effects_.clear();
  return done;
}

// -- writes -------------------------------------------------------------------

shard_table::outcome shard_table::track(std::string_view topic,
                                        crdt::draft_ptr draft,
                                        const caf::strong_actor_ptr& owner,
                                        time now, std::uint64_t wall_ms) {
  const checked_guard guard{mutex_};
  return settle(
      core_.track(topic, std::move(draft), now, fresh_effects(), wall_ms),
      owner);
}

shard_table::outcome shard_table::update(std::string_view topic,
                                         crdt::draft_ptr draft,
                                         std::optional<crdt::dot> before,
                                         time now) {
  const checked_guard guard{mutex_};
  return settle(
      core_.update(topic, std::move(draft), before, now, fresh_effects()));
}

entry_ptr shard_table::find_own(std::string_view topic, std::string_view key,
                                std::uint64_t owner) {
  const checked_guard guard{mutex_};
  return core_.find_own(topic, key, owner);
}

shard_table::outcome shard_table::untrack(std::string_view topic,
                                          std::string_view key,
                                          std::uint64_t owner, time now) {
  const checked_guard guard{mutex_};
  core_.untrack(topic, key, owner, now, fresh_effects());
  return settle(crdt::shard_answer{});
}

shard_table::outcome shard_table::untrack_owner(std::uint64_t owner, time now) {
  const checked_guard guard{mutex_};
  core_.untrack_owner(owner, now, fresh_effects());
  return settle(crdt::shard_answer{});
}

shard_table::outcome shard_table::owner_ended(std::uint64_t owner,
                                              leave_reason why, time now) {
  decltype(owners_)::node_type dropped; // Freed when the lock is free again.
  const checked_guard guard{mutex_};
  const auto before = core_.next_wake_up();
  core_.owner_ended(owner, why, now, fresh_effects());
  dropped = owners_.extract(owner);
  auto result = settle(crdt::shard_answer{});
  const auto after = core_.next_wake_up();
  if (after && (!before || *after < *before)) // Of a linger.
    result.wakes_shard = true;
  return result;
}

shard_table::outcome shard_table::end_topic(crdt::topic_end& end, time now) {
  const checked_guard guard{mutex_};
  core_.end_topic(end, now, fresh_effects());
  return settle_ends();
}

void shard_table::count_refusal() {
  const checked_guard guard{mutex_};
  core_.count_refusal();
}

// -- subscriptions ------------------------------------------------------------

shard_table::outcome
shard_table::subscribe(std::string topic,
                       const caf::strong_actor_ptr& subscriber,
                       bool wants_passed) {
  const auto id = id_of(subscriber->address());
  const checked_guard guard{mutex_};
  const auto answer
      = core_.subscribe(std::move(topic), id, wants_passed, fresh_effects());
  if (answer.why == crdt::refusal::none)
    newcomers_.insert_or_assign(id, subscriber);
  return settle(answer);
}

shard_table::outcome
shard_table::unsubscribe(std::string topic,
                         const caf::strong_actor_ptr& subscriber) {
  const auto id = id_of(subscriber->address());
  const checked_guard guard{mutex_};
  core_.unsubscribe(std::move(topic), id, fresh_effects());
  return settle(crdt::shard_answer{});
}

shard_table::outcome shard_table::publish(topic_event_ptr event) {
  auto topic = event->topic;
  const checked_guard guard{mutex_};
  core_.publish({std::move(topic), std::move(event)}, fresh_effects());
  return settle(crdt::shard_answer{});
}

dispatch_batch shard_table::take_batch() {
  const checked_guard guard{mutex_};
  return {core_.take_items(), std::exchange(newcomers_, {})};
}

void shard_table::forget_subscriber(const std::string& topic,
                                    crdt::subscriber_id who) {
  const checked_guard guard{mutex_};
  core_.forget_subscriber(topic, who);
}

std::vector<std::pair<std::string, snapshot>>
shard_table::start_to_tell(listeners who) {
  std::vector<std::pair<std::string, snapshot>> result;
  const checked_guard guard{mutex_};
  told_to_ = told_to_ | who;
  core_.set().for_each_topic([&result](const crdt::topic_node& topic) {
    result.emplace_back(topic.name(), snapshot{});
  });
  for (auto& [topic, presences] : result)
    presences = core_.list(topic);
  return result;
}

// -- by the shard's actor -----------------------------------------------------

/// What is let go of may end, so that happens without the lock.
void shard_table::forget_actors() {
  std::unordered_map<crdt::subscriber_id, caf::strong_actor_ptr> newcomers;
  const checked_guard guard{mutex_};
  newcomers.swap(newcomers_);
}

shard_table::interval_outcome shard_table::take(const crdt::shard_input& input,
                                                time now) {
  const checked_guard guard{mutex_};
  core_.take(input, now, fresh_effects());
  return settle(crdt::apply_result::applied);
}

shard_table::interval_outcome
shard_table::received(const std::string& peer, const crdt::interval& arrived,
                      std::size_t bytes, time now) {
  const checked_guard guard{mutex_};
  return settle(core_.received(peer, arrived, bytes, now, fresh_effects()));
}

shard_table::outcome shard_table::tick(time now) {
  const checked_guard guard{mutex_};
  core_.tick(now, fresh_effects());
  auto result = settle_ends();
  result.wakes_shard = false; // It is at work.
  return result;
}

void shard_table::forget_topic_ends() {
  const checked_guard guard{mutex_};
  core_.forget_topic_ends();
}

std::optional<shard_table::time> shard_table::next_wake_up() const {
  const checked_guard guard{mutex_};
  return core_.next_wake_up();
}

std::vector<crdt::send_interval> shard_table::due(time now) {
  const checked_guard guard{mutex_};
  return core_.due(now);
}

std::optional<crdt::interval>
shard_table::make_interval(const crdt::send_interval& wanted) const {
  const checked_guard guard{mutex_};
  return core_.make_interval(wanted);
}

void shard_table::sent(const crdt::send_interval& wanted, crdt::progress to,
                       std::size_t bytes, time now) {
  const checked_guard guard{mutex_};
  core_.sent(wanted, to, bytes, now);
}

} // namespace rollcall
