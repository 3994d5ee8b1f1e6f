#include "actors/follow_table.hpp"

#include "actors/shard_table.hpp"

#include <utility>
#include <variant>

namespace rollcall {

follow_table::follow_table(const config& settings)
    : core_{{settings.diff_window, settings.follows_max,
             limits::waiting_subscriptions_max}} {
}

// -- what is here -------------------------------------------------------------

bool follow_table::take(std::span<const crdt::change> all, time now) {
  const checked_guard guard{mutex_};
  core_.take(all, now);
  return is_urgent();
}

bool follow_table::add(std::string_view topic,
                       std::span<const std::string_view> keys, time now) {
  const checked_guard guard{mutex_};
  for (const auto key : keys)
    core_.add(topic, key, now);
  return is_urgent();
}

bool follow_table::is_urgent() {
  const auto next = core_.next_deadline();
  if (!next || *next >= next_work_)
    return false;
  next_work_ = *next;
  return true;
}

bool follow_table::is_online(std::string_view key,
                             std::string_view topic_prefix) const {
  const checked_guard guard{mutex_};
  return core_.is_online(key, topic_prefix);
}

// -- followers ----------------------------------------------------------------

crdt::follow_core::answer
follow_table::follow(const caf::strong_actor_ptr& who,
                     const std::string& topic_prefix,
                     std::span<const std::string> keys) {
  const auto id = id_of(who->address());
  const checked_guard guard{mutex_};
  const auto answer = core_.follow(id, topic_prefix, keys);
  if (answer == crdt::follow_core::answer::done && core_.is_following(id)) {
    followers_.try_emplace(id, handle{who, false});
    changed_.insert(id);
  }
  return answer;
}

void follow_table::unfollow(const caf::strong_actor_ptr& who,
                            const std::string& topic_prefix,
                            std::span<const std::string> keys) {
  const auto id = id_of(who->address());
  const checked_guard guard{mutex_};
  core_.unfollow(id, topic_prefix, keys);
  unfollowed(id);
}

void follow_table::unfollow_all(const caf::strong_actor_ptr& who) {
  const auto id = id_of(who->address());
  const checked_guard guard{mutex_};
  core_.forget(id);
  unfollowed(id);
}

void follow_table::unfollowed(crdt::subscriber_id who) {
  if (!core_.is_following(who) && followers_.contains(who))
    changed_.insert(who);
}

// -- by the dispatcher --------------------------------------------------------

void follow_table::start_anew() {
  const checked_guard guard{mutex_};
  core_.tell_all_again();
  next_work_ = time::max();
  for (auto& [id, one] : followers_) {
    one.is_monitored = false;
    changed_.insert(id);
  }
}

/// Who is monitored is who follows somebody.
void follow_table::watch_changed(follow_batch& out) {
  for (const auto id : std::exchange(changed_, {})) {
    const auto found = followers_.find(id);
    if (found == followers_.end())
      continue;
    auto& one = found->second;
    if (!core_.is_following(id)) {
      out.gone.push_back(std::move(one.actor));
      followers_.erase(found);
    } else if (!std::exchange(one.is_monitored, true)) {
      out.newcomers.push_back(one.actor);
    }
  }
}

std::vector<caf::strong_actor_ptr>
follow_table::find(const crdt::follow_delivery& content) const {
  std::vector<caf::strong_actor_ptr> result;
  const auto add = [this, &result](crdt::subscriber_id id) {
    const auto found = followers_.find(id);
    if (found != followers_.end())
      result.push_back(found->second.actor);
  };
  if (const auto* state = std::get_if<crdt::follow_state_delivery>(&content)) {
    add(state->to);
    return result;
  }
  const auto& to = std::get<crdt::status_delivery>(content).to;
  result.reserve(to.size());
  for (const auto id : to)
    add(id);
  return result;
}

follow_batch follow_table::take_batch(time now) {
  follow_batch result;
  const checked_guard guard{mutex_};
  watch_changed(result);
  while (result.deliveries.size() < deliveries_max) {
    auto next = core_.next(now);
    if (!next)
      break;
    auto to = find(*next);
    told_ += to.size();
    result.deliveries.push_back({std::move(*next), std::move(to)});
  }
  return result;
}

std::optional<follow_table::time> follow_table::next_deadline() {
  const checked_guard guard{mutex_};
  const auto result = core_.next_deadline();
  next_work_ = result.value_or(time::max());
  return result;
}

void follow_table::follower_ended(crdt::subscriber_id who) {
  handles::node_type dropped; // Freed when the lock is free again.
  const checked_guard guard{mutex_};
  core_.forget(who);
  dropped = followers_.extract(who);
}

/// What is let go of may end, so that happens without the lock.
void follow_table::forget_actors() {
  handles dropped;
  const checked_guard guard{mutex_};
  for (const auto& [id, one] : followers_)
    core_.forget(id);
  dropped.swap(followers_);
}

void follow_table::add_to(runtime_stats& total) const {
  const checked_guard guard{mutex_};
  total.followers += core_.followers();
  total.follows += core_.follows();
  total.statuses += told_;
}

} // namespace rollcall
