#include "tests/sim/simulated_ranges.hpp"

#include <algorithm>
#include <stdexcept>

namespace rollcall::sim {

std::size_t simulated_ranges::watched_by(crdt::subscriber_id who) const {
  return static_cast<std::size_t>(
      std::count_if(watches_.begin(), watches_.end(), [&](const auto& one) {
        return std::get<0>(one.first) == who;
      }));
}

void simulated_ranges::watch(crdt::subscriber_id who, const std::string& topic,
                             crdt::presence_range range, duration interval) {
  const watch_name name{who, topic, range};
  const bool has_room
      = watches_.contains(name) || watched_by(who) < watches_max;
  if (core_.watch(who, topic, range, interval) != has_room)
    throw std::logic_error{"a watcher of ranges may watch too much or little"};
  if (has_room)
    watches_[name] = {interval, false, {}, {}};
}

void simulated_ranges::unwatch(crdt::subscriber_id who,
                               const std::string& topic,
                               crdt::presence_range range) {
  core_.unwatch(who, topic, range);
  watches_.erase({who, topic, range});
  if (core_.is_watching(who) != (watched_by(who) != 0))
    throw std::logic_error{"who watches no range counts as if it did"};
}

void simulated_ranges::forget(crdt::subscriber_id who) {
  core_.forget(who);
  std::erase_if(watches_, [who](const auto& one) {
    return std::get<0>(one.first) == who;
  });
  if (core_.is_idle() != watches_.empty())
    throw std::logic_error{"something is left of who watched ranges"};
}

bool simulated_ranges::deliver_next(moment now) {
  const auto work = core_.next(now);
  if (!work)
    return false;
  for (const auto& one : work->ready)
    deliver(work->topic, one, now);
  for (const auto& one : core_.take(*work, read_(work->topic, work->reads)))
    deliver(work->topic, one, now);
  return true;
}

void simulated_ranges::deliver(const std::string& topic,
                               const crdt::range_delivery& one, moment now) {
  if (one.joins.size() > one.range.count)
    throw std::logic_error{"a range is longer than it may be"};
  for (const auto to : one.to) {
    const auto found = watches_.find({to, topic, one.range});
    if (found == watches_.end())
      throw std::logic_error{"somebody hears of a range of others"};
    auto& told = found->second;
    if (one.is_all) {
      told.is_told = true;
      told.dots.clear();
    } else if (!told.is_told) {
      throw std::logic_error{"a change of a range is told before all of it"};
    } else if (told.last_change && now < *told.last_change + told.interval) {
      throw std::logic_error{"a range is told too often"};
    } else {
      told.last_change = now;
    }
    change(told, one);
  }
}

void simulated_ranges::change(told_range& told,
                              const crdt::range_delivery& one) {
  for (const auto& left : one.leaves)
    if (told.dots.erase(left->dot()) == 0)
      throw std::logic_error{"what was not in a range leaves it"};
  for (const auto& joined : one.joins)
    if (!told.dots.insert(joined->dot()).second)
      throw std::logic_error{"what was in a range comes into it"};
}

std::optional<std::string> simulated_ranges::difference() const {
  for (const auto& [name, told] : watches_) {
    const auto& [who, topic, range] = name;
    const auto all = places_(topic);
    const auto first = std::min(range.first, all.size());
    const auto count = std::min(range.count, all.size() - first);
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    const std::set<crdt::dot> wanted{
        begin, begin + static_cast<std::ptrdiff_t>(count)};
    if (!told.is_told || told.dots != wanted)
      return "a watcher is wrong about a range of " + topic;
  }
  return std::nullopt;
}

} // namespace rollcall::sim
