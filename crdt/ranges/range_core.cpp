#include "crdt/ranges/range_core.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace rollcall::crdt {

namespace {

std::vector<dot> dots_of(const range_window& window) {
  std::vector<dot> result;
  result.reserve(window.size());
  for (const auto& one : window)
    result.push_back(one->dot());
  std::sort(result.begin(), result.end());
  return result;
}

/// What of `window` is in no version that has one of the dots.
std::vector<entry_ptr> others_of(const range_window& window,
                                 const std::vector<dot>& dots) {
  std::vector<entry_ptr> result;
  std::copy_if(window.begin(), window.end(), std::back_inserter(result),
               [&](const entry_ptr& one) {
                 return !std::binary_search(dots.begin(), dots.end(),
                                            one->dot());
               });
  return result;
}

range_delivery difference(const presence_range& range,
                          const range_window& before,
                          const range_window& after) {
  return {range,
          false,
          others_of(after, dots_of(before)),
          others_of(before, dots_of(after)),
          {}};
}

} // namespace

// -- when each is due ---------------------------------------------------------

void range_core::set_due(group_map::value_type& where) {
  const auto& [name, one] = where;
  if (!one.urgent.empty() || !one.unread.empty())
    due_.set(name, tick_time{0});
  else if (one.has_changed)
    due_.set(name, one.quiet_until);
  else
    due_.set(name, {});
}

// -- watchers -----------------------------------------------------------------

bool range_core::watch(subscriber_id who, const std::string& topic,
                       presence_range range, tick_time interval) {
  if (!watched_.has_room(who, {topic, range}))
    return false;
  unwatch(who, topic, range); // Perhaps at another interval.
  watched_.add(who, {topic, range}, interval);
  auto& where = *groups_.try_emplace({topic, interval}).first;
  auto& one = where.second.ranges[range];
  one.watchers.insert(who);
  one.newcomers.insert(who);
  where.second.urgent.insert(range);
  set_due(where);
  return true;
}

void range_core::leave(subscriber_id who, const watch_name& name,
                       tick_time interval) {
  const auto& [topic, range] = name;
  const auto found = groups_.find({topic, interval});
  auto& ranges = found->second.ranges;
  const auto place = ranges.find(range);
  auto& one = place->second;
  one.watchers.erase(who);
  one.newcomers.erase(who);
  if (one.newcomers.empty())
    found->second.urgent.erase(range);
  if (one.watchers.empty()) {
    found->second.unread.erase(range);
    ranges.erase(place);
  }
  if (ranges.empty())
    found->second.has_changed = false;
  set_due(*found);
  if (ranges.empty())
    groups_.erase(found);
}

void range_core::unwatch(subscriber_id who, const std::string& topic,
                         presence_range range) {
  if (const auto interval = watched_.remove(who, {topic, range}))
    leave(who, {topic, range}, *interval);
}

void range_core::forget(subscriber_id who) {
  for (const auto& [name, interval] : watched_.remove_all(who))
    leave(who, name, interval);
}

void range_core::tell_all_again() {
  for (auto& where : groups_) {
    auto& all = where.second;
    for (auto& [range, one] : all.ranges) {
      one.told = nullptr;
      one.newcomers = one.watchers;
      all.urgent.insert(range);
    }
    set_due(where);
  }
}

// -- changes ------------------------------------------------------------------

void range_core::changed(const std::string& topic) {
  for (auto it = groups_.lower_bound({topic, tick_time::min()});
       it != groups_.end() && it->first.first == topic; ++it)
    if (!std::exchange(it->second.has_changed, true))
      set_due(*it);
}

void range_core::tell_newcomers(std::vector<range_delivery>& out,
                                const presence_range& range,
                                watched_range& one) {
  if (one.newcomers.empty())
    return;
  out.push_back({range,
                 true,
                 *one.told,
                 {},
                 {one.newcomers.begin(), one.newcomers.end()}});
  one.newcomers.clear();
}

std::optional<range_work> range_core::next(tick_time now) {
  const auto* const first = due_.find_due(now);
  if (!first)
    return {};
  auto& where = *groups_.find(*first);
  auto& [name, all] = where;
  range_work result{name.first, name.second, {}, {}};
  if (all.has_changed && all.quiet_until <= now) {
    for (const auto& [range, one] : all.ranges)
      all.unread.insert(all.unread.end(), range);
    all.has_changed = false;
    all.quiet_until = now + name.second;
  }
  take_reads(all, result);
  set_due(where);
  return result;
}

/// Newcomers first: what others were told is told at once, the rest is read.
void range_core::take_reads(group& all, range_work& out) const {
  std::size_t places = 0;
  const auto has_room = [&](const std::set<presence_range>& of) {
    return !of.empty()
           && (places == 0 || places + of.begin()->count <= places_max_);
  };
  std::set<presence_range> reads;
  while (has_room(all.urgent)) {
    const auto range = *all.urgent.begin();
    auto& one = all.ranges.at(range);
    all.urgent.erase(all.urgent.begin());
    places += range.count;
    if (one.told) {
      tell_newcomers(out.ready, range, one);
      continue;
    }
    all.unread.erase(range);
    reads.insert(range);
  }
  while (has_room(all.unread)) {
    places += all.unread.begin()->count;
    reads.insert(all.unread.extract(all.unread.begin()));
  }
  out.reads.assign(reads.begin(), reads.end());
}

std::vector<range_delivery>
range_core::take(const range_work& work, std::vector<range_window> windows) {
  assert(windows.size() == work.reads.size());
  std::vector<range_delivery> result;
  const auto found = groups_.find({work.topic, work.interval});
  if (found == groups_.end())
    return result;
  auto& all = found->second;
  for (std::size_t i = 0; i < work.reads.size(); ++i) {
    const auto place = all.ranges.find(work.reads[i]);
    if (place == all.ranges.end())
      continue; // Nobody watches it any more.
    auto& [range, one] = *place;
    const auto before = std::exchange(
        one.told, std::make_shared<const range_window>(std::move(windows[i])));
    if (before) {
      auto told = difference(range, *before, *one.told);
      std::set_difference(one.watchers.begin(), one.watchers.end(),
                          one.newcomers.begin(), one.newcomers.end(),
                          std::back_inserter(told.to));
      if (!told.to.empty() && (!told.joins.empty() || !told.leaves.empty()))
        result.push_back(std::move(told));
    }
    tell_newcomers(result, range, one);
    all.urgent.erase(range);
  }
  set_due(*found);
  return result;
}

} // namespace rollcall::crdt
