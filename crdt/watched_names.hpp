#pragma once

#include "crdt/diff/diff_queue.hpp"
#include "crdt/replication/heartbeat.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

namespace rollcall::crdt {

/// Which names each subscriber watches, and at what interval: one interval for
/// each name.
///
/// Threads: one at a time.
template <class Name>
class watched_names {
public:
  using intervals = std::map<Name, tick_time>;

  /// @param names_max of one subscriber.
  explicit watched_names(std::size_t names_max) : names_max_{names_max} {
  }

  /// Whether the subscriber watches the name or may begin to.
  [[nodiscard]] bool has_room(subscriber_id who, const Name& name) const {
    const auto found = of_.find(who);
    if (found == of_.end())
      return names_max_ > 0;
    return found->second.size() < names_max_ || found->second.contains(name);
  }

  void add(subscriber_id who, const Name& name, tick_time interval) {
    of_[who].insert_or_assign(name, interval);
  }

  /// @returns the interval; nothing if the name was not watched.
  std::optional<tick_time> remove(subscriber_id who, const Name& name) {
    const auto found = of_.find(who);
    if (found == of_.end())
      return {};
    const auto taken = found->second.extract(name);
    if (found->second.empty())
      of_.erase(found);
    if (taken.empty())
      return {};
    return taken.mapped();
  }

  /// @returns what the subscriber watched; it watches nothing any more.
  intervals remove_all(subscriber_id who) {
    const auto taken = of_.extract(who);
    return taken.empty() ? intervals{} : std::move(taken.mapped());
  }

  [[nodiscard]] bool contains(subscriber_id who) const {
    return of_.contains(who);
  }

private:
  std::size_t names_max_;
  std::unordered_map<subscriber_id, intervals> of_;
};

} // namespace rollcall::crdt
