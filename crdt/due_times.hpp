#pragma once

#include "crdt/replication/heartbeat.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>

namespace rollcall::crdt {

/// When each of many things is due, the earliest first.
///
/// Threads: one at a time.
template <class Key>
class due_times {
public:
  /// @param when nothing: it is not due at all.
  void set(const Key& key, std::optional<tick_time> when) {
    if (const auto before = times_.find(key); before != times_.end()) {
      order_.erase({before->second, key});
      times_.erase(before);
    }
    if (when) {
      order_.emplace(*when, key);
      times_.emplace(key, *when);
    }
  }

  [[nodiscard]] bool contains(const Key& key) const {
    return times_.contains(key);
  }

  [[nodiscard]] std::optional<tick_time> earliest() const {
    if (order_.empty())
      return {};
    return order_.begin()->first;
  }

  /// The first that is due by now, or null.
  [[nodiscard]] const Key* find_due(tick_time now) const {
    if (order_.empty() || order_.begin()->first > now)
      return nullptr;
    return &order_.begin()->second;
  }

private:
  std::set<std::pair<tick_time, Key>> order_;
  std::map<Key, tick_time> times_;
};

} // namespace rollcall::crdt
