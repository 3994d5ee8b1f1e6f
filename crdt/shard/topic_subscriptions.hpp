#pragma once

#include "crdt/diff/diff_queue.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace rollcall::crdt {

/// Who subscribed to which topic of a shard.
///
/// Shape:   about 60 bytes a subscription.
/// Threads: one at a time.
class topic_subscriptions {
public:
  /// How many others subscribed to a topic: this one not counted.
  [[nodiscard]] std::size_t others(const std::string& topic,
                                   subscriber_id who) const {
    const auto found = topics_.find(topic);
    if (found == topics_.end())
      return 0;
    return found->second.size() - (found->second.contains(who) ? 1 : 0);
  }

  /// @returns whether it is the first subscriber of the topic.
  bool add(const std::string& topic, subscriber_id who) {
    auto& all = topics_[topic];
    const bool is_first = all.empty();
    all.insert(who);
    return is_first;
  }

  enum class removal { none, one, last };

  /// @returns what became of the topic's subscribers by this.
  removal remove(const std::string& topic, subscriber_id who) {
    const auto found = topics_.find(topic);
    if (found == topics_.end() || found->second.erase(who) == 0)
      return removal::none;
    if (!found->second.empty())
      return removal::one;
    topics_.erase(found);
    return removal::last;
  }

private:
  std::unordered_map<std::string, std::unordered_set<subscriber_id>> topics_;
};

} // namespace rollcall::crdt
