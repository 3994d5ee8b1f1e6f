#include "actors/diff_queue.hpp"

#include "crdt/net_changes.hpp"
#include "rollcall/limits.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace rollcall {

bool diff_queue::push(dispatch_item item) {
  const std::lock_guard guard{mutex_};
  if (std::holds_alternative<topic_event_ptr>(item)) {
    if (events_ == events_max_) {
      ++dropped_events_;
      return false;
    }
    ++events_;
  }
  if (std::holds_alternative<subscriber_joined>(item))
    ++subscribers_;
  items_.push_back(std::move(item));
  if (items_.size() > merge_at_)
    merge();
  return items_.size() == 1;
}

bool diff_queue::takes_subscribers() const {
  const std::lock_guard guard{mutex_};
  return subscribers_ < limits::waiting_subscriptions_max;
}

std::vector<dispatch_item> diff_queue::take() {
  const std::lock_guard guard{mutex_};
  events_ = 0;
  subscribers_ = 0;
  merge_at_ = changes_max_;
  return std::exchange(items_, {});
}

std::size_t diff_queue::size() const {
  const std::lock_guard guard{mutex_};
  return items_.size();
}

std::uint64_t diff_queue::dropped_events() const {
  const std::lock_guard guard{mutex_};
  return dropped_events_;
}

/// Merges the changes of each topic between two items of another kind, so that
/// a newcomer's snapshot keeps its place.
void diff_queue::merge() {
  std::vector<dispatch_item> merged;
  std::unordered_map<const crdt::topic_node*, crdt::changes> runs;
  const auto close_runs = [&] {
    for (auto& [node, run] : runs) {
      auto net = crdt::net_of(run);
      for (auto& left : net.leaves)
        merged.push_back(crdt::change{run.front().topic, std::move(left), {}});
      for (auto& joined : net.joins)
        merged.push_back(
            crdt::change{run.front().topic, {}, std::move(joined)});
    }
    runs.clear();
  };
  for (auto& item : items_) {
    if (auto* what = std::get_if<crdt::change>(&item)) {
      runs[what->topic.get()].push_back(std::move(*what));
    } else {
      close_runs();
      merged.push_back(std::move(item));
    }
  }
  close_runs();
  items_ = std::move(merged);
  merge_at_ = std::max(changes_max_, items_.size() * 2);
}

} // namespace rollcall
