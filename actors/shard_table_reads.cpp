// What is read of a shard, from any thread.
#include "actors/shard_table.hpp"

#include <algorithm>

namespace rollcall {

snapshot shard_table::list(std::string_view topic) {
  const std::lock_guard guard{mutex_};
  return set_.list(topic);
}

std::vector<entry_ptr> shard_table::get_by_key(std::string_view topic,
                                               std::string_view key) const {
  const std::lock_guard guard{mutex_};
  const auto* node = set_.topic(topic);
  return node == nullptr ? std::vector<entry_ptr>{} : node->get(key);
}

counts shard_table::count(std::string_view topic) const {
  const std::lock_guard guard{mutex_};
  const auto* node = set_.topic(topic);
  return node == nullptr ? counts{} : counts{node->size(), node->keys()};
}

std::vector<caf::actor_addr>
shard_table::owners_of(std::string_view topic, std::string_view key) const {
  const std::lock_guard guard{mutex_};
  std::vector<caf::actor_addr> result;
  const auto* node = set_.topic(topic);
  if (node == nullptr)
    return result;
  for (const auto& presence : node->get(key)) {
    if (presence->dot().replica != set_.self_tag())
      continue;
    // One that lingers has no owner any more.
    if (auto owner = owners_.find(presence->owner()))
      result.push_back(std::move(owner));
  }
  return result;
}

void shard_table::collect_topics(std::map<std::string, counts>& out,
                                 std::size_t limit,
                                 std::string_view after) const {
  const std::lock_guard guard{mutex_};
  set_.for_each_topic([&](const crdt::topic_node& topic) {
    if (topic.name() <= after
        || (out.size() >= limit
            && (limit == 0 || topic.name() >= out.rbegin()->first)))
      return;
    out.emplace(topic.name(), counts{topic.size(), topic.keys()});
    if (out.size() > limit)
      out.erase(std::prev(out.end()));
  });
}

void shard_table::add_to(runtime_stats& total) const {
  const std::lock_guard guard{mutex_};
  total.presences += set_.size();
  total.own_presences += set_.own_size();
  total.topics += set_.topic_count();
  total.owners += owners_.size();
  total.tracks += counters_.tracks;
  total.updates += counters_.updates;
  total.untracks += counters_.untracks;
  total.refusals += counters_.refusals;
}

} // namespace rollcall
