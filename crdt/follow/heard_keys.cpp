#include "crdt/follow/heard_keys.hpp"

#include <utility>

namespace rollcall::crdt {

void heard_keys::changed(std::string_view key, bool is_online, tick_time now) {
  auto found = keys_.find(key);
  if (found == keys_.end()) {
    if (!is_online)
      return;
    found = keys_.emplace(key, state{}).first;
  }
  auto& [name, one] = *found;
  if (std::exchange(one.is_online, is_online) == is_online)
    return;
  if (one.heard != is_online)
    return due_.set(name, is_online ? now : now + window_);
  due_.set(name, {});
  drop_if_settled(found);
}

void heard_keys::drop_if_settled(map::iterator which) {
  const auto& [name, one] = *which;
  if (!one.is_online && one.heard == false && !one.is_waiting)
    keys_.erase(which);
}

void heard_keys::start_anew() {
  is_called_ = false;
  waiting_.clear();
  for (auto& key : std::exchange(gone_, {}))
    keys_[std::move(key)].heard.reset();
  for (auto it = keys_.begin(); it != keys_.end();) {
    const auto which = it++;
    auto& [name, one] = *which;
    one.is_waiting = false;
    if (one.heard == true)
      one.heard.reset();
    if (one.heard == one.is_online)
      due_.set(name, {});
    else if (one.is_online || !due_.contains(name)) // Else its window is open.
      due_.set(name, tick_time{0});
    drop_if_settled(which);
  }
}

bool heard_keys::calls(tick_time now) {
  while (const auto* const next = due_.find_due(now)) {
    auto& [name, one] = *keys_.find(*next);
    due_.set(name, {});
    if (!std::exchange(one.is_waiting, true))
      waiting_.push_back(name);
  }
  return !waiting_.empty() && !std::exchange(is_called_, true);
}

std::vector<key_status> heard_keys::take(std::size_t count) {
  is_called_ = false;
  gone_.clear();
  std::vector<key_status> result;
  for (; !waiting_.empty() && result.size() < count; waiting_.pop_front()) {
    const auto found = keys_.find(waiting_.front());
    auto& [name, one] = *found;
    one.is_waiting = false;
    // What changed since is due by itself.
    if (one.heard != one.is_online && !due_.contains(name)) {
      one.heard = one.is_online;
      result.push_back({name, one.is_online});
      if (!one.is_online)
        gone_.push_back(name);
    }
    drop_if_settled(found);
  }
  return result;
}

} // namespace rollcall::crdt
