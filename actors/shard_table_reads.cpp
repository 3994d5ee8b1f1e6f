// Reads of a shard: each under the lock for one look.
#include "actors/shard_table.hpp"

#include <caf/actor_addr.hpp>

#include <iterator>
#include <utility>

namespace rollcall {

snapshot shard_table::list(std::string_view topic) {
  const checked_guard guard{mutex_};
  return core_.list(topic);
}

std::vector<entry_ptr> shard_table::get_by_key(std::string_view topic,
                                               std::string_view key) const {
  const checked_guard guard{mutex_};
  const auto* node = core_.set().topic(topic);
  return node == nullptr ? std::vector<entry_ptr>{} : node->get(key);
}

counts shard_table::count(std::string_view topic) const {
  const checked_guard guard{mutex_};
  const auto* node = core_.set().topic(topic);
  return node == nullptr ? counts{} : counts{node->size(), node->keys()};
}

topic_page shard_table::page(std::string_view topic, std::size_t limit,
                             std::string_view after) const {
  const checked_guard guard{mutex_};
  const auto* node = core_.set().topic(topic);
  return node == nullptr ? topic_page{} : node->page(limit, after);
}

std::vector<crdt::range_window>
shard_table::windows(std::string_view topic,
                     std::span<const crdt::presence_range> ranges) const {
  const checked_guard guard{mutex_};
  const auto* node = core_.set().topic(topic);
  return node == nullptr ? std::vector<crdt::range_window>(ranges.size())
                         : node->windows(ranges);
}

std::vector<caf::actor_addr>
shard_table::owners_of(std::string_view topic, std::string_view key) const {
  const checked_guard guard{mutex_};
  std::vector<caf::actor_addr> result;
  const auto* node = core_.set().topic(topic);
  if (node == nullptr)
    return result;
  for (const auto& presence : node->get(key)) {
    if (presence->dot().replica != core_.set().self_tag())
      continue;
    // A presence that lingers has no owner any more.
    const auto owner = owners_.find(presence->owner());
    if (owner != owners_.end())
      result.push_back(owner->second.address);
  }
  return result;
}

void shard_table::collect_topics(std::map<std::string, counts>& out,
                                 std::size_t limit,
                                 std::string_view after) const {
  const checked_guard guard{mutex_};
  core_.set().for_each_topic([&](const crdt::topic_node& topic) {
    if (topic.name() <= after
        || (out.size() >= limit
            && (limit == 0 || topic.name() >= out.rbegin()->first)))
      return;
    out.emplace(topic.name(), counts{topic.size(), topic.keys()});
    if (out.size() > limit)
      out.erase(std::prev(out.end()));
  });
}

void shard_table::collect_topics(std::string_view prefix,
                                 std::vector<topic_size>& out) const {
  const checked_guard guard{mutex_};
  core_.set().for_each_topic([&](const crdt::topic_node& topic) {
    if (topic.size() != 0 && std::string_view{topic.name()}.starts_with(prefix))
      out.push_back({std::string{topic.name()}, {topic.size(), topic.keys()}});
  });
}

void shard_table::add_to(runtime_stats& total) const {
  const checked_guard guard{mutex_};
  const auto& set = core_.set();
  const auto& counters = core_.counters();
  total.presences += set.size();
  total.own_presences += set.own_size();
  total.topics += set.topic_count();
  total.owners += owners_.size();
  total.waiting_changes += core_.queue().size();
  total.dropped_events += core_.queue().dropped_events();
  total.tracks += counters.tracks;
  total.updates += counters.updates;
  total.untracks += counters.untracks;
  total.refusals += counters.refusals;
}

std::vector<crdt::known_replica> shard_table::known_to(
    const crdt::node_incarnation& peer,
    const std::vector<crdt::node_incarnation>& doubtful) const {
  const checked_guard guard{mutex_};
  return core_.known_to(peer, doubtful);
}

bool shard_table::is_settled(const std::string& peer) const {
  const checked_guard guard{mutex_};
  return core_.is_settled(peer);
}

std::uint64_t shard_table::version() const {
  const checked_guard guard{mutex_};
  return core_.version();
}

bool shard_table::is_complete() const {
  const checked_guard guard{mutex_};
  return core_.is_complete();
}

crdt::replication_lag shard_table::lag(const std::string& peer,
                                       time now) const {
  const checked_guard guard{mutex_};
  return core_.lag(peer, now);
}

} // namespace rollcall
