#include "app/examples/arena/waiting_room.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace arena {

namespace {

/// A free player; in order of rating, so that neighbours suit each other.
struct seeker {
  int rating;
  std::string_view name;
  tick_time since;

  friend bool operator<(const seeker& a, const seeker& b) {
    return std::tie(a.rating, a.name) < std::tie(b.rating, b.name);
  }
};

using seeker_set = std::set<seeker>;

int distance(const seeker& a, const seeker& b) {
  return std::abs(a.rating - b.rating);
}

/// Who is nearest in rating to a player that stands in the set.
std::optional<seeker> nearest(const seeker_set& free, const seeker& to) {
  const auto at = free.find(to);
  std::optional<seeker> best;
  if (at != free.begin())
    best = *std::prev(at);
  if (const auto above = std::next(at); above != free.end())
    if (!best || distance(*above, to) < distance(*best, to))
      best = *above;
  return best;
}

} // namespace

int rating_gap_max(tick_time waited) noexcept {
  constexpr int at_once = 100;
  constexpr int each_second = 100;
  constexpr tick_time waited_max{std::chrono::minutes{1}};
  const auto counted = std::clamp(waited, tick_time{0}, waited_max);
  return at_once + each_second * static_cast<int>(counted.count()) / 1000;
}

void waiting_room::add(std::string name, int rating, tick_time now) {
  const auto [at, is_new]
      = players_.try_emplace(std::move(name), player{rating, now, now});
  at->second.rating = rating;
}

void waiting_room::remove(std::string_view name) {
  if (const auto at = players_.find(name); at != players_.end())
    players_.erase(at);
}

std::vector<pairing> waiting_room::pair_up(tick_time now) {
  seeker_set free;
  std::vector<seeker> queue;
  for (const auto& [name, one] : players_)
    if (one.free_at <= now)
      queue.push_back(*free.insert({one.rating, name, one.since}).first);
  std::stable_sort(
      queue.begin(), queue.end(),
      [](const auto& a, const auto& b) { return a.since < b.since; });
  std::vector<pairing> result;
  for (const auto& chooser : queue) {
    if (!free.contains(chooser))
      continue;
    const auto partner = nearest(free, chooser);
    if (!partner
        || distance(*partner, chooser) > rating_gap_max(now - chooser.since))
      continue;
    free.erase(chooser);
    free.erase(*partner);
    const auto [weaker, stronger] = std::minmax(chooser, *partner);
    result.push_back({std::string{weaker.name}, std::string{stronger.name}});
  }
  for (const auto& pair : result)
    for (const auto& name : {pair.first, pair.second})
      players_.find(name)->second.free_at = now + offer_lasts;
  return result;
}

} // namespace arena
