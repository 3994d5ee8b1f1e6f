#include "crdt/diff/diff_queue.hpp"

#include "crdt/net_changes.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace rollcall::crdt {

bool diff_queue::push(dispatch_item item) {
  if (std::holds_alternative<published_event>(item)) {
    if (events_ == limits_.events_max) {
      ++dropped_events_;
      return false;
    }
    ++events_;
  }
  if (std::holds_alternative<subscriber_joined>(item))
    ++subscribers_;
  items_.push_back(std::move(item));
  const bool was_empty = items_.size() == 1;
  if (items_.size() > merge_at_)
    merge();
  return was_empty;
}

std::vector<dispatch_item> diff_queue::take() {
  events_ = 0;
  subscribers_ = 0;
  merge_at_ = limits_.changes_max;
  return std::exchange(items_, {});
}

/// Merges the changes of each topic between two items of another kind, so that
/// a newcomer's snapshot keeps its place. Topics keep the order of their first
/// change.
void diff_queue::merge() {
  std::vector<dispatch_item> items;
  std::vector<changes> runs;
  std::unordered_map<const topic_node*, std::size_t> run_of;
  const auto close_runs = [&] {
    for (const auto& run : runs)
      for (auto& one : merged(run))
        items.push_back(std::move(one));
    runs.clear();
    run_of.clear();
  };
  for (auto& item : items_) {
    if (auto* one = std::get_if<change>(&item)) {
      const auto [run, is_new]
          = run_of.try_emplace(one->topic.get(), runs.size());
      if (is_new)
        runs.emplace_back();
      runs[run->second].push_back(std::move(*one));
    } else {
      close_runs();
      items.push_back(std::move(item));
    }
  }
  close_runs();
  items_ = std::move(items);
  merge_at_ = std::max(limits_.changes_max, items_.size() * 2);
}

} // namespace rollcall::crdt
