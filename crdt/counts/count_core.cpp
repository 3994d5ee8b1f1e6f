#include "crdt/counts/count_core.hpp"

#include "crdt/prefixes.hpp"

#include <algorithm>

namespace rollcall::crdt {

namespace {

bool is_prefix(std::string_view pattern) {
  return pattern.ends_with('*');
}

} // namespace

// -- when each is due ---------------------------------------------------------

void count_core::set_due(scope_map::value_type& where) {
  const auto& [name, one] = where;
  if (!one.newcomers.empty())
    due_.set(name, tick_time{0});
  else if (!one.changed.empty())
    due_.set(name, one.quiet_until);
  else
    due_.set(name, {});
}

// -- patterns that end in `*` -------------------------------------------------

std::string_view count_core::prefix_of(const scope_map::value_type* where) {
  const std::string_view pattern{where->first.first};
  return pattern.substr(0, pattern.size() - 1);
}

bool count_core::is_before(const scope_map::value_type* where,
                           std::string_view prefix) {
  return prefix_of(where) < prefix;
}

void count_core::add_prefix(scope_map::value_type& where) {
  const auto place = std::lower_bound(prefixes_.begin(), prefixes_.end(),
                                      prefix_of(&where), is_before);
  prefixes_.insert(place, &where);
}

void count_core::drop_prefix(scope_map::value_type& where) {
  auto place = std::lower_bound(prefixes_.begin(), prefixes_.end(),
                                prefix_of(&where), is_before);
  while (*place != &where) // Of another interval.
    ++place;
  prefixes_.erase(place);
}

// -- watchers -----------------------------------------------------------------

bool count_core::watch(subscriber_id who, const std::string& pattern,
                       tick_time interval) {
  if (!watched_.has_room(who, pattern))
    return false;
  unwatch(who, pattern); // Perhaps at another interval.
  watched_.add(who, pattern, interval);
  auto& where = *scopes_.try_emplace({pattern, interval}).first;
  if (where.second.watchers.empty() && is_prefix(pattern))
    add_prefix(where);
  where.second.watchers.insert(who);
  where.second.newcomers.insert(who);
  set_due(where);
  return true;
}

void count_core::leave(subscriber_id who, const scope_name& name) {
  auto& where = *scopes_.find(name);
  where.second.watchers.erase(who);
  where.second.newcomers.erase(who);
  if (where.second.watchers.empty())
    where.second.changed.clear();
  set_due(where);
  if (!where.second.watchers.empty())
    return;
  if (is_prefix(name.first))
    drop_prefix(where);
  scopes_.erase(name);
}

void count_core::unwatch(subscriber_id who, const std::string& pattern) {
  if (const auto interval = watched_.remove(who, pattern))
    leave(who, {pattern, *interval});
}

void count_core::forget(subscriber_id who) {
  for (const auto& name : watched_.remove_all(who))
    leave(who, name);
}

void count_core::tell_all_again() {
  for (auto& where : scopes_) {
    where.second.newcomers = where.second.watchers;
    where.second.changed.clear();
    set_due(where);
  }
}

// -- changes ------------------------------------------------------------------

void count_core::take(std::span<const change> all) {
  if (scopes_.empty())
    return;
  for (const auto& one : all)
    if (!one.is_update())
      changed(one.topic->name());
}

void count_core::changed(const std::string& topic) {
  const scope_name first{topic, tick_time::min()};
  for (auto it = scopes_.lower_bound(first);
       it != scopes_.end() && it->first.first == topic; ++it)
    change_in(*it, topic);
  for_each_prefix(prefixes_, topic, prefix_of,
                  [&](scope_map::value_type* where) {
                    if (where->first.first != topic)
                      change_in(*where, topic);
                  });
}

void count_core::change_in(scope_map::value_type& where,
                           const std::string& topic) {
  const bool was_quiet = where.second.changed.empty();
  where.second.changed.insert(topic);
  if (was_quiet)
    set_due(where);
}

std::optional<count_delivery> count_core::next(tick_time now) {
  const auto* const first = due_.find_due(now);
  if (!first)
    return {};
  auto& where = *scopes_.find(*first);
  auto& [name, one] = where;
  count_delivery result;
  result.pattern = name.first;
  if (!one.newcomers.empty()) {
    result.is_all = true;
    result.to.assign(one.newcomers.begin(), one.newcomers.end());
    one.newcomers.clear();
  } else {
    result.topics.assign(one.changed.begin(), one.changed.end());
    result.to.assign(one.watchers.begin(), one.watchers.end());
    one.changed.clear();
    one.quiet_until = now + name.second;
  }
  set_due(where);
  return result;
}

} // namespace rollcall::crdt
