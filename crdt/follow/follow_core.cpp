#include "crdt/follow/follow_core.hpp"

#include "crdt/prefixes.hpp"

#include <algorithm>
#include <functional>

namespace rollcall::crdt {

// -- what is here -------------------------------------------------------------

void follow_core::take(std::span<const change> all, tick_time now) {
  for (const auto& one : all) {
    if (one.is_update())
      continue;
    if (one.before)
      count(one.topic->name(), one.before->key(), -1, now);
    if (one.after)
      count(one.topic->name(), one.after->key(), 1, now);
  }
}

void follow_core::count(std::string_view topic, std::string_view key, int by,
                        tick_time now) {
  auto& record = directory_.add(key, topic, by);
  for_each_prefix(
      record.second.watches, topic,
      [this](number which) { return prefix_of(which); },
      [&](number which) {
        watched_[which].presences += by;
        note(which, now);
      });
  if (last_seen_.is_kept())
    note_seen(record, now);
  if (!hearers_.empty())
    hearer_of(key).changed(key, record.second.topics.total() > 0, now);
  directory_.drop_if_empty(record);
}

void follow_core::note_seen(const key_directory::record& record,
                            tick_time now) {
  if (record.second.topics.total() > 0)
    last_seen_.came(record.first);
  else
    last_seen_.ended(record.first, now);
}

/// A key is told to be what it is not, or is so no longer.
void follow_core::note(number which, tick_time now) {
  const auto& watched = watched_[which];
  if (watched.is_online() == watched.is_told_online)
    set_due(which, {});
  else if (!watched.due)
    set_due(which, watched.is_online() ? now : now + settings_.window);
}

void follow_core::set_due(number which, std::optional<tick_time> when) {
  auto& due = watched_[which].due;
  if (due)
    due_.erase({*due, which});
  due = when;
  if (when)
    due_.emplace(*when, which);
}

bool follow_core::is_online(std::string_view key,
                            std::string_view topic_prefix) const {
  const auto* record = directory_.find(key);
  return record != nullptr && record->second.topics.count(topic_prefix) > 0;
}

std::optional<tick_time> follow_core::last_seen_of(std::string_view key,
                                                   tick_time now) const {
  return is_online(key, {}) ? now : last_seen_.find(key, now);
}

void follow_core::learn(std::span<const seen_key> all, tick_time now) {
  if (!last_seen_.is_kept())
    return;
  for (const auto& one : all)
    if (!is_online(one.key, {}))
      last_seen_.learn(one, now);
}

// -- keys that are followed ---------------------------------------------------

follow_core::scope& follow_core::scope_of(const std::string& topic_prefix) {
  return scopes_.try_emplace(topic_prefix, scope{topic_prefix}).first->second;
}

std::string_view follow_core::prefix_of(number which) const {
  return watched_[which].where->topic_prefix;
}

/// Where a key has what is followed with this prefix, or would have it.
follow_core::numbers::const_iterator
follow_core::place_of(const numbers& watches,
                      std::string_view topic_prefix) const {
  return std::lower_bound(watches.begin(), watches.end(), topic_prefix,
                          [this](number which, std::string_view text) {
                            return prefix_of(which) < text;
                          });
}

std::optional<follow_core::number>
follow_core::find_watched(std::string_view topic_prefix,
                          std::string_view key) const {
  const auto* record = directory_.find(key);
  if (record == nullptr)
    return {};
  const auto& watches = record->second.watches;
  const auto found = place_of(watches, topic_prefix);
  if (found == watches.end() || prefix_of(*found) != topic_prefix)
    return {};
  return *found;
}

follow_core::number follow_core::watch(const std::string& topic_prefix,
                                       const std::string& key) {
  if (const auto found = find_watched(topic_prefix, key))
    return *found;
  auto& record = directory_.record_of(key);
  watched_key fresh;
  fresh.key = &record;
  fresh.where = &scope_of(topic_prefix);
  fresh.presences = record.second.topics.count(topic_prefix);
  fresh.is_told_online = fresh.is_online();
  ++fresh.where->watched;
  const auto result = watched_.add(std::move(fresh));
  auto& watches = record.second.watches;
  watches.insert(place_of(watches, topic_prefix), result);
  return result;
}

void follow_core::end_watch(number which) {
  set_due(which, {});
  auto& watched = watched_[which];
  auto& watches = watched.key->second.watches;
  watches.erase(place_of(watches, watched.where->topic_prefix));
  directory_.drop_if_empty(*watched.key);
  if (--watched.where->watched == 0)
    scopes_.erase(scopes_.find(watched.where->topic_prefix));
  watched_.erase(which);
}

// -- followers ----------------------------------------------------------------

follow_core::number follow_core::number_of(subscriber_id who) {
  const auto found = numbers_.find(who);
  if (found != numbers_.end())
    return found->second;
  return numbers_.emplace(who, followers_.add({who, {}})).first->second;
}

/// Where a follower has some keys, those that it follows. It is looked for
/// where there is less to look at: a call of one key costs the follower of very
/// many little, and so does a call of many keys that everybody follows.
std::vector<std::uint32_t>
follow_core::places_of(number who, std::span<const number> keys) const {
  const auto& follows = followers_[who].follows;
  std::size_t followers = 0;
  for (const auto which : keys)
    followers += watched_[which].followers.size();
  std::vector<std::uint32_t> result;
  if (followers < follows.size()) {
    for (const auto which : keys)
      for (const auto& one : watched_[which].followers)
        if (one.other == who)
          result.push_back(one.place_there);
    return result;
  }
  numbers sorted{keys.begin(), keys.end()};
  std::sort(sorted.begin(), sorted.end());
  for (std::uint32_t place = 0; place < follows.size(); ++place)
    if (std::binary_search(sorted.begin(), sorted.end(), follows[place].other))
      result.push_back(place);
  return result;
}

/// Those of some keys that a follower follows, in the order of their numbers.
follow_core::numbers
follow_core::followed_of(number who, std::span<const number> keys) const {
  numbers result;
  for (const auto place : places_of(who, keys))
    result.push_back(followers_[who].follows[place].other);
  std::sort(result.begin(), result.end());
  return result;
}

void follow_core::connect(number who, number which) {
  auto& follows = followers_[who].follows;
  auto& followers = watched_[which].followers;
  const auto place = static_cast<std::uint32_t>(follows.size());
  follows.push_back({which, static_cast<std::uint32_t>(followers.size())});
  followers.push_back({who, place});
  ++follows_;
}

/// Ends what a follower has at `place`. The last of each side moves into the
/// gap, and whoever it belongs to is told of its new place.
void follow_core::disconnect(number who, std::uint32_t place) {
  auto& follows = followers_[who].follows;
  const auto [which, place_there] = follows[place];
  auto& followers = watched_[which].followers;
  followers[place_there] = followers.back();
  const auto moved_follower = followers[place_there];
  followers_[moved_follower.other]
      .follows[moved_follower.place_there]
      .place_there
      = place_there;
  followers.pop_back();
  follows[place] = follows.back();
  const auto moved_key = follows[place];
  follows.pop_back();
  if (place < follows.size())
    watched_[moved_key.other].followers[moved_key.place_there].place_there
        = place;
  --follows_;
  if (followers.empty())
    end_watch(which);
}

void follow_core::end_follower_if_idle(number who) {
  if (!followers_[who].follows.empty())
    return;
  numbers_.erase(followers_[who].id);
  followers_.erase(who);
}

follow_core::answer follow_core::follow(subscriber_id who,
                                        const std::string& topic_prefix,
                                        std::span<const std::string> keys) {
  const std::set<std::string_view> wanted{keys.begin(), keys.end()};
  if (wanted.empty())
    return answer::done;
  if (states_.size() >= settings_.calls_max)
    return answer::calls_waiting;
  const auto me = number_of(who);
  numbers known;
  for (const auto key : wanted)
    if (const auto which = find_watched(topic_prefix, key))
      known.push_back(*which);
  const auto followed = followed_of(me, known);
  const auto added = wanted.size() - followed.size();
  if (followers_[me].follows.size() + added > settings_.follows_max) {
    end_follower_if_idle(me);
    return answer::too_many;
  }
  if (auto& follows = followers_[me].follows; added > follows.size())
    follows.reserve(follows.size() + added);
  waiting_state state{who, topic_prefix, {}};
  for (const auto key : wanted) {
    const auto which = watch(topic_prefix, std::string{key});
    state.watched.push_back(which);
    if (!std::binary_search(followed.begin(), followed.end(), which))
      connect(me, which);
  }
  states_.push_back(std::move(state));
  return answer::done;
}

void follow_core::unfollow(subscriber_id who, const std::string& topic_prefix,
                           std::span<const std::string> keys) {
  const auto found = numbers_.find(who);
  if (found == numbers_.end())
    return;
  const auto me = found->second;
  numbers unwanted;
  for (const auto& key : keys)
    if (const auto which = find_watched(topic_prefix, key))
      unwanted.push_back(*which);
  auto places = places_of(me, unwanted);
  // From the last: what moves into a gap is none of those that are left.
  std::sort(places.begin(), places.end(), std::greater{});
  places.erase(std::unique(places.begin(), places.end()), places.end());
  for (const auto place : places)
    disconnect(me, place);
  end_follower_if_idle(me);
}

void follow_core::forget(subscriber_id who) {
  const auto found = numbers_.find(who);
  if (found == numbers_.end())
    return;
  const auto me = found->second;
  for (auto left = followers_[me].follows.size(); left > 0; --left)
    disconnect(me, static_cast<std::uint32_t>(left - 1));
  end_follower_if_idle(me);
}

void follow_core::tell_all_again() {
  for (auto& one : hearers_)
    one.call_again();
  states_.clear();
  for (const auto& [id, me] : numbers_) {
    std::map<std::string_view, std::vector<number>> by_prefix;
    for (const auto& one : followers_[me].follows)
      by_prefix[watched_[one.other].where->topic_prefix].push_back(one.other);
    for (auto& [prefix, keys] : by_prefix)
      states_.push_back({id, std::string{prefix}, std::move(keys)});
  }
}

// -- hooks --------------------------------------------------------------------

heard_keys& follow_core::hearer_of(std::string_view key) {
  return hearers_[std::hash<std::string_view>{}(key) % hearers_.size()];
}

void follow_core::start_to_hear(std::size_t share, std::size_t shares,
                                tick_time now) {
  if (hearers_.empty()) {
    hearers_.assign(shares, heard_keys{settings_.window});
    directory_.for_each([&](const key_directory::record& one) {
      hearer_of(one.first).changed(one.first, one.second.topics.total() > 0,
                                   now);
    });
  }
  hearers_.at(share).start_anew();
}

std::vector<std::size_t> follow_core::take_hearers(tick_time now) {
  std::vector<std::size_t> result;
  for (std::size_t share = 0; share < hearers_.size(); ++share)
    if (hearers_[share].calls(now))
      result.push_back(share);
  return result;
}

// -- deliveries ---------------------------------------------------------------

std::optional<follow_delivery> follow_core::next(tick_time now) {
  // States go first: they say what is told now, and what is told changes by
  // what follows.
  if (auto state = next_state())
    return state;
  return next_status(now);
}

std::optional<follow_delivery> follow_core::next_state() {
  while (!states_.empty()) {
    const auto waiting = std::move(states_.front());
    states_.pop_front();
    const auto who = numbers_.find(waiting.to);
    if (who == numbers_.end())
      continue; // It ended, or follows nobody any more.
    follow_state_delivery result{waiting.to, waiting.topic_prefix, {}, {}};
    const auto followed = followed_of(who->second, waiting.watched);
    for (const auto which : waiting.watched) {
      const auto& watched = watched_[which];
      // Its number may name another one by now.
      if (!std::binary_search(followed.begin(), followed.end(), which)
          || watched.where->topic_prefix != waiting.topic_prefix)
        continue;
      auto& list = watched.is_told_online ? result.online : result.offline;
      list.push_back(watched.key->first);
    }
    if (!result.online.empty() || !result.offline.empty())
      return result;
  }
  return {};
}

std::optional<follow_delivery> follow_core::next_status(tick_time now) {
  if (due_.empty() || due_.begin()->first > now)
    return {};
  const auto which = due_.begin()->second;
  set_due(which, {});
  auto& watched = watched_[which];
  watched.is_told_online = watched.is_online();
  status_delivery result{watched.key->first,
                         watched.where->topic_prefix,
                         watched.is_told_online,
                         {}};
  result.to.reserve(watched.followers.size());
  for (const auto& one : watched.followers)
    result.to.push_back(followers_[one.other].id);
  return result;
}

std::optional<tick_time> follow_core::next_deadline() const {
  if (!states_.empty())
    return tick_time{0};
  std::optional<tick_time> result;
  if (!due_.empty())
    result = due_.begin()->first;
  for (const auto& one : hearers_)
    if (const auto other = one.next_deadline();
        other && (!result || *other < *result))
      result = other;
  return result;
}

} // namespace rollcall::crdt
