#pragma once

#include "crdt/diff/diff_queue.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>

namespace rollcall::sim {

/// Who subscribed to the topics of one shard, and how much waits for its
/// dispatcher, kept in the simplest way that there is. The shard must answer as
/// this does.
class own_subscriptions {
public:
  own_subscriptions(std::size_t subscribers_max,
                    const crdt::diff_queue_limits& waiting)
      : subscribers_max_{subscribers_max},
        waiting_{waiting} {
  }

  /// @returns whether a shard takes the subscription.
  bool subscribe(const std::string& topic, crdt::subscriber_id id) {
    auto& all = topics_[topic];
    const auto others = all.size() - all.count(id);
    if (newcomers_ >= waiting_.subscriptions_max || others >= subscribers_max_)
      return false;
    ++newcomers_;
    all.insert(id);
    return true;
  }

  void unsubscribe(const std::string& topic, crdt::subscriber_id id) {
    topics_[topic].erase(id);
  }

  /// @returns whether a shard passes an event on.
  bool publish() {
    if (events_ >= waiting_.events_max)
      return false;
    ++events_;
    return true;
  }

  /// The dispatcher took all that waited.
  void taken() {
    newcomers_ = 0;
    events_ = 0;
  }

private:
  std::size_t subscribers_max_;
  crdt::diff_queue_limits waiting_;
  std::map<std::string, std::set<crdt::subscriber_id>> topics_;
  std::size_t newcomers_ = 0;
  std::size_t events_ = 0;
};

} // namespace rollcall::sim
