// How a shard ends a topic: step by step, whatever happens between two steps.
#include "crdt/shard/shard_core.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace rollcall;
using namespace rollcall::crdt;

namespace {

using words = std::vector<std::string>;

shard_settings with_looks(std::size_t count) {
  shard_settings result;
  result.topic_end_looks = count;
  return result;
}

std::string key_of(std::size_t number) {
  return "key" + std::to_string(1'000 + number);
}

/// A shard of one node, and what its last step led to.
struct one_shard {
  explicit one_shard(std::size_t looks = 256, const std::string& node = "n")
      : core{{node, 1, 0, 0}, with_looks(looks)} {
  }

  void track(const std::string& key, std::uint64_t owner = 1,
             std::uint32_t linger_ms = 0, const std::string& topic = "t") {
    out.clear();
    core.track(topic, stored_entry::make(key, "{}", owner, linger_ms), now,
               out);
  }

  void crash(std::uint64_t owner) {
    out.clear();
    core.owner_ended(owner, leave_reason::lost, now, out);
  }

  void step(topic_end& end) {
    out.clear();
    core.end_topic(end, now, out);
  }

  /// @returns how many steps it took.
  std::size_t end(const std::string& topic = "t") {
    topic_end end{topic};
    std::size_t steps = 0;
    for (; !end.is_done(); ++steps)
      step(end);
    return steps;
  }

  void take(const shard_input& input) {
    out.clear();
    core.take(input, now, out);
  }

  /// Tracks some keys, and takes that another node ends their topic.
  void end_with(std::size_t first, std::size_t behind) {
    for (std::size_t i = first; i < behind; ++i)
      track(key_of(i));
    take(topic_ended{"t"});
  }

  void tick() {
    out.clear();
    core.tick(now, out);
  }

  /// Shows a peer, which has nothing yet.
  void show(const one_shard& peer) {
    const auto& name = peer.core.set().self().node;
    take(peer_connected{name});
    take(node_changed{{node_event_kind::up, {name, 1}}});
    shard_report told;
    told.is_whole = true;
    told.replicas.push_back({peer.core.set().self_tag(), {}});
    take(report_arrived{name, told});
  }

  /// Takes all that a peer has.
  void hear(const one_shard& peer) {
    const auto tag = peer.core.set().self_tag();
    if (const auto all = peer.core.set().make_interval(
            tag, core.set().progress_of(tag), std::size_t{1} << 24))
      core.received(peer.core.set().self().node, *all, 100, now, out);
  }

  /// What is there, "key owner".
  words shown(const std::string& topic = "t") {
    words result;
    for (const auto& each : core.list(topic))
      result.push_back(std::string{each.key()} + " "
                       + std::to_string(each.owner()));
    return result;
  }

  words kicked() const {
    words result;
    for (const auto& each : out.changes)
      if (each.before && !each.after && each.why == leave_reason::kicked)
        result.emplace_back(each.before->key());
    return result;
  }

  words watches() const {
    words result;
    for (const auto& each : out.owners)
      result.push_back((each.starts ? "+" : "-") + std::to_string(each.owner));
    return result;
  }

  shard_core core;
  shard_effects out;
  tick_time now = 10s;
};

} // namespace

BOOST_AUTO_TEST_SUITE(topic_ends_tests)

BOOST_AUTO_TEST_CASE(all_of_a_topic_ends_as_kicked_and_nothing_else) {
  one_shard here;
  here.track("ann", 1);
  here.track("bob", 2);
  here.track("bob", 2, 0, "other");
  BOOST_TEST(here.end() == 1u);
  BOOST_TEST((here.kicked() == words{"ann", "bob"}));
  BOOST_TEST((here.watches() == words{"-1"})); // Owner 2 has another one.
  BOOST_TEST(here.shown().empty());
  BOOST_TEST((here.shown("other") == words{"bob 2"}));
  BOOST_TEST(here.core.counters().untracks == 2u);
  BOOST_TEST(here.out.replaced.empty()); // Nobody is told.
}

BOOST_AUTO_TEST_CASE(a_step_looks_at_no_more_than_it_may) {
  one_shard here{10};
  for (std::size_t i = 0; i < 25; ++i)
    here.track(key_of(i), i);
  topic_end end{"t"};
  here.step(end);
  BOOST_TEST(here.out.changes.size() == 10u);
  BOOST_TEST(here.out.owners.size() == 10u);
  BOOST_TEST(!end.is_done());
  here.step(end);
  BOOST_TEST(here.out.changes.size() == 10u);
  here.step(end);
  BOOST_TEST(here.out.changes.size() == 5u);
  BOOST_TEST(end.is_done());
  here.step(end); // Once more does no harm.
  BOOST_TEST(here.out.changes.empty());
}

BOOST_AUTO_TEST_CASE(what_another_node_has_stays_and_is_passed_over) {
  for (const std::string name : {"a", "z", "m", "q"}) {
    one_shard here{1}, there{256, name};
    here.show(there);
    for (std::size_t i = 0; i < 20; ++i) {
      there.track("key", 100 + i); // Before or behind the own ones.
      there.track(key_of(i), 200);
    }
    here.hear(there);
    here.track("key", 1);
    here.track("key", 2);
    here.track(key_of(7), 3);
    BOOST_TEST(here.core.set().own_size() == 3u);
    BOOST_TEST(here.end() < 45u);
    BOOST_TEST(here.core.set().own_size() == 0u);
    BOOST_TEST(here.shown().size() == 40u);
  }
}

BOOST_AUTO_TEST_CASE(what_lingers_ends_with_its_topic) {
  one_shard here;
  here.track("ann", 1, 500);
  here.crash(1);
  here.end();
  BOOST_TEST((here.kicked() == words{"ann"}));
  BOOST_TEST(here.watches().empty());
  BOOST_TEST(!here.core.next_wake_up());
  here.now += 1s;
  here.tick();
  BOOST_TEST(here.out.changes.empty());
}

BOOST_AUTO_TEST_CASE(a_topic_of_which_nothing_is_here_ends_at_once) {
  one_shard here;
  BOOST_TEST(here.end() == 1u);
  here.core.subscribe("t", {1}, false, here.out);
  BOOST_TEST(here.end() == 1u);
  here.take(topic_ended{"t"});
  BOOST_TEST(!here.core.is_ending_topics());
}

BOOST_AUTO_TEST_CASE(what_another_node_ends_waits_for_the_next_tick) {
  one_shard here{2};
  here.end_with(0, 5);
  BOOST_TEST(here.out.changes.empty());
  BOOST_TEST(here.core.set().size() == 5u);
  std::size_t ticks = 0;
  for (; here.core.is_ending_topics(); ++ticks) {
    BOOST_TEST((here.core.next_wake_up() <= here.now));
    here.tick();
    BOOST_TEST(here.out.changes.size() <= 2u);
  }
  BOOST_TEST(ticks == 3u);
  BOOST_TEST((here.watches() == words{"-1"}));
  BOOST_TEST(here.core.set().size() == 0u);
  BOOST_TEST(!here.core.next_wake_up());
}

BOOST_AUTO_TEST_CASE(a_topic_that_is_ended_again_meanwhile_ends_once_more) {
  one_shard here{2};
  here.end_with(1, 6);
  here.tick();
  here.track(key_of(0)); // Behind the walk.
  here.take(topic_ended{"t"});
  here.take(topic_ended{"t"});
  while (here.core.is_ending_topics())
    here.tick();
  BOOST_TEST(here.shown().empty());
}

BOOST_AUTO_TEST_CASE(many_small_topics_end_in_one_tick) {
  one_shard here{10};
  for (std::size_t i = 0; i < 5; ++i) {
    here.track("ann", i, 0, key_of(i));
    here.take(topic_ended{key_of(i)});
  }
  here.tick();
  BOOST_TEST(here.out.changes.size() == 5u);
  BOOST_TEST(!here.core.is_ending_topics());
}

BOOST_AUTO_TEST_CASE(topics_that_wait_are_ended_in_turns) {
  one_shard here{1};
  for (const std::string topic : {"a", "b"})
    for (std::size_t i = 0; i < 3; ++i)
      here.track(key_of(i), 1, 0, topic);
  here.take(topic_ended{"a"});
  here.take(topic_ended{"b"});
  for (int i = 0; i < 10; ++i) {
    here.take(topic_ended{"a"}); // Somebody does not stop to end it.
    here.track(key_of(0), 1, 0, "a");
    here.tick();
  }
  BOOST_TEST(here.shown("b").empty());
}

BOOST_AUTO_TEST_CASE(a_shard_that_closed_ends_nothing_for_other_nodes) {
  one_shard here;
  here.track("ann");
  here.take(topic_ended{"t"});
  here.core.forget_topic_ends();
  BOOST_TEST(!here.core.next_wake_up());
  here.tick();
  BOOST_TEST(here.core.set().size() == 1u);
}

// Goal: what was there at the first step, and goes on with its owner, has ended
// at the last; what others have is as before. Method: random topics with a few
// keys, and random writes and later incarnations between the steps.
BOOST_AUTO_TEST_CASE(what_was_there_ends_whatever_happens_meanwhile) {
  test::random_source random{test::seed()};
  for (int round = 0; round < 2'000; ++round) {
    one_shard here{1 + random.below(5)},
        there{256, random.chance(0.5) ? "a" : "z"};
    const auto key = [&] { return key_of(random.below(6)); };
    here.show(there);
    for (auto count = random.below(20); count > 0; --count)
      there.track(key(), random.below(10));
    here.hear(there);
    for (auto count = random.below(20); count > 0; --count)
      here.track(key(), random.below(10), random.chance(0.3) ? 500 : 0);
    const auto others = there.core.set().size();
    std::set<std::pair<std::string, std::uint64_t>> held;
    for (const auto& each : here.core.list("t"))
      if (each.dot().replica == here.core.set().self_tag())
        held.emplace(each.key(), each.owner());
    topic_end end{"t"};
    std::uint64_t incarnation = 1;
    while (!end.is_done()) {
      here.step(end);
      const auto who = random.below(10);
      switch (random.below(5)) {
      case 0:
        here.core.update("t", stored_entry::make(key(), "{}", who), {},
                         here.now, here.out);
        break;
      case 1:
        here.track(key(), 50 + who); // New owners: the model knows them by it.
        break;
      case 2:
        here.crash(who);
        break;
      case 3:
        here.take(
            node_changed{{node_event_kind::conflict, {"n", ++incarnation}}});
        break;
      default:
        break;
      }
    }
    for (const auto& each : here.core.list("t"))
      if (each.dot().replica == here.core.set().self_tag())
        BOOST_TEST(!held.contains({std::string{each.key()}, each.owner()}));
    BOOST_TEST(here.core.set().size() - here.core.set().own_size() == others);
  }
}

BOOST_AUTO_TEST_SUITE_END()
