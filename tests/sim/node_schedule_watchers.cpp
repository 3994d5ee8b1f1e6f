// The part of `node_schedule` that does what subscribers and watchers do.
#include "tests/sim/node_schedule.hpp"

#include <string>
#include <vector>

namespace rollcall::sim {

namespace {

using namespace std::chrono_literals;

template <class T>
T one_of(test::random_source& random, std::vector<T> from) {
  return random.pick(from);
}

} // namespace

/// Something that a subscriber of a topic does.
void node_schedule::watch(node_shard& shard, const std::string& topic) {
  const auto who = random_.below(simulated_dispatcher::subscriber_count);
  switch (random_.below(10)) {
  case 0:
  case 1:
    return shard.unsubscribe(topic, who);
  case 2:
    return shard.dispatcher().end_subscriber(who);
  case 3:
    return shard.dispatcher().serve(topic, who);
  case 4:
    return shard.publish(topic);
  default:
    shard.subscribe(topic, who);
  }
}

/// Something that a watcher of ranges does.
void node_schedule::watch_range(simulated_watchers& watchers) {
  const auto who = random_.below(simulated_watchers::follower_count);
  const auto topic = "topic" + std::to_string(random_.below(subjects_.topics));
  const crdt::presence_range range{one_of<std::size_t>(random_, {0, 0, 1, 3}),
                                   one_of<std::size_t>(random_, {1, 2, 50})};
  if (random_.chance(0.2))
    return watchers.unwatch_range(who, topic, range);
  watchers.watch_range(who, topic, range,
                       one_of<duration>(random_, {10ms, 200ms, 1s}));
}

/// Something that a follower of keys or a watcher does.
void node_schedule::follow(simulated_watchers& watchers) {
  if (random_.chance(0.25))
    return watch_range(watchers);
  if (random_.chance(0.05))
    return watchers.start_hooks(random_.below(simulated_hooks::shares));
  const auto who = random_.below(simulated_watchers::follower_count);
  const auto prefix = one_of<std::string>(random_, {"", "", "topic", "topic1"});
  std::vector<std::string> keys;
  for (auto count = random_.between(1, 4); count > 0; --count)
    keys.push_back("key" + std::to_string(random_.below(subjects_.keys)));
  const auto pattern
      = one_of<std::string>(random_, {"*", "topic*", "topic1", "topic0"});
  switch (random_.below(12)) {
  case 8:
  case 9:
  case 10:
    return watchers.watch_counts(who, pattern,
                                 one_of<duration>(random_, {10ms, 200ms, 1s}));
  case 11:
    return watchers.unwatch_counts(who, pattern);
  case 0:
  case 1:
    return watchers.unfollow(who, prefix, keys);
  case 2:
    return watchers.end_follower(who);
  case 3:
    return watchers.crash(random_.below(4));
  default:
    watchers.follow(who, prefix, keys);
  }
}

} // namespace rollcall::sim
