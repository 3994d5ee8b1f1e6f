#include "crdt/follow/last_seen.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace rollcall::crdt;

namespace {

constexpr tick_time never{-1};

/// Keeps three keys for an hour.
struct three_kept {
  tick_time when(const std::string& key) const {
    return seen.find(key, now).value_or(never);
  }

  last_seen::page read(last_seen::position where, std::size_t bytes) const {
    return seen.read_after(where, {true, true, bytes}, now);
  }

  /// All keys, as others are told, in parts of `bytes`.
  std::vector<std::string> walk(std::size_t bytes) const {
    std::vector<std::string> result;
    last_seen::position stands = 0;
    for (auto page = read(stands, bytes); page.end != stands;
         page = read(stands, bytes)) {
      stands = page.end;
      for (const auto& one : page.keys)
        result.push_back(one.key);
    }
    return result;
  }

  last_seen seen{{1h, 3}};
  tick_time now = 10h;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(last_seen_tests, three_kept)

BOOST_AUTO_TEST_CASE(a_key_was_seen_when_it_had_its_last_presence) {
  seen.ended("ann", now);
  now += 5min;
  BOOST_TEST((when("ann") == 10h));
  BOOST_TEST((when("bob") == never));
}

BOOST_AUTO_TEST_CASE(a_key_that_comes_is_forgotten) {
  seen.ended("ann", now);
  seen.came("ann");
  seen.came("bob");
  BOOST_TEST((when("ann") == never));
  BOOST_TEST(seen.size() == 0u);
}

BOOST_AUTO_TEST_CASE(the_latest_of_what_several_nodes_saw_counts) {
  seen.ended("ann", now);
  seen.learn("ann", 5min, now);
  BOOST_TEST((when("ann") == 10h));
  now += 10min;
  seen.learn("ann", 2min, now);
  BOOST_TEST((when("ann") == 10h + 8min));
  seen.learn("ann", 2min, now);
  BOOST_TEST(seen.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_too_long_ago_is_forgotten) {
  seen.ended("ann", now);
  seen.learn("old", 1h, now);
  BOOST_TEST(seen.size() == 1u);
  now += 1h;
  BOOST_TEST((when("ann") == never));
  BOOST_TEST(walk(100).empty());
  seen.ended("bob", now);
  BOOST_TEST(seen.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_a_little_later_is_no_news) {
  seen.ended("ann", now);
  const auto noted = read(0, 100).end;
  now += 10min;
  seen.learn("ann", 10min - last_seen::slack, now);
  BOOST_TEST((when("ann") == 10h));
  BOOST_TEST(read(0, 100).end == noted);
  seen.learn("ann", 10min - last_seen::slack - 1ms, now);
  BOOST_TEST((when("ann") == 10h + last_seen::slack + 1ms));
  BOOST_TEST(read(0, 100).end == noted + 1);
}

BOOST_AUTO_TEST_CASE(above_the_bound_what_was_noted_first_is_forgotten) {
  for (const auto* key : {"ann", "bob", "eve", "joe"})
    seen.ended(key, now += 1s);
  BOOST_TEST(seen.size() == 3u);
  BOOST_TEST((when("ann") == never));
  BOOST_TEST((when("joe") == now));
}

BOOST_AUTO_TEST_CASE(others_are_told_all_keys_in_the_order_of_what_was_noted) {
  for (const auto* key : {"eve", "ann", "bob"})
    seen.ended(key, now += 1s);
  const std::vector<std::string> all{"eve", "ann", "bob"};
  BOOST_TEST(walk(1) == all);
  BOOST_TEST(walk(1000) == all);
  seen.ended("eve", now += 1s);
  BOOST_TEST(walk(1) == (std::vector<std::string>{"ann", "bob", "eve"}));
}

BOOST_AUTO_TEST_CASE(what_others_told_and_what_was_seen_can_be_read_apart) {
  seen.ended("ann", now);
  seen.learn("bob", 5min, now);
  const auto learned = seen.read_after(0, {false, true, 100}, now);
  BOOST_REQUIRE(learned.keys.size() == 1u);
  BOOST_TEST(learned.keys[0].key == "bob");
  BOOST_TEST((learned.keys[0].age == 5min));
  const auto observed = seen.read_after(0, {true, false, 100}, now);
  BOOST_REQUIRE(observed.keys.size() == 1u);
  BOOST_TEST(observed.keys[0].key == "ann");
  BOOST_TEST(observed.end == learned.end); // What is skipped is passed.
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_unless_it_is_wished) {
  BOOST_TEST(!last_seen{{}}.is_kept());
  BOOST_TEST(seen.is_kept());
}

/// Two nodes that tell each other everything know the same.
BOOST_AUTO_TEST_CASE(nodes_that_told_each_other_all_agree) {
  rollcall::test::random_source random{rollcall::test::seed()};
  for (int round = 0; round < 300; ++round) {
    last_seen a{{1h, 1000}}, b{{1h, 1000}};
    std::map<std::string, tick_time> truth;
    for (int i = 0; i < 50; ++i) {
      now += std::chrono::seconds{random.below(9)};
      const auto key = "k" + std::to_string(random.below(20));
      (random.below(2) == 0 ? a : b).ended(key, now);
      truth[key] = now;
    }
    for (const auto& one : a.read_after(0, {}, now).keys)
      b.learn(one.key, one.age, now);
    for (const auto& one : b.read_after(0, {}, now).keys)
      a.learn(one.key, one.age, now);
    for (const auto& [key, when] : truth) {
      BOOST_REQUIRE(
          (when - a.find(key, now).value_or(never) <= last_seen::slack));
      BOOST_REQUIRE(
          (when - b.find(key, now).value_or(never) <= last_seen::slack));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
