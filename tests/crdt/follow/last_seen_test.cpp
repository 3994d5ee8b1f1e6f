#include "crdt/follow/last_seen.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
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
    return seen.read_after(where, {true, {}, bytes}, now);
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
  seen.learn({"ann", 5min}, now);
  BOOST_TEST((when("ann") == 10h));
  now += 10min;
  seen.learn({"ann", 2min}, now);
  BOOST_TEST((when("ann") == 10h + 8min));
  seen.learn({"ann", 2min}, now);
  BOOST_TEST(seen.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_too_long_ago_is_forgotten) {
  seen.ended("ann", now);
  seen.learn({"old", 1h}, now);
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
  seen.learn({"ann", 10min - last_seen::slack}, now);
  BOOST_TEST((when("ann") == 10h));
  BOOST_TEST(read(0, 100).end == noted);
  seen.learn({"ann", 10min - last_seen::slack - 1ms}, now);
  BOOST_TEST((when("ann") == 10h + last_seen::slack + 1ms));
  BOOST_TEST(read(0, 100).end == noted + 1);
}

BOOST_AUTO_TEST_CASE(above_the_bound_who_was_here_longest_ago_is_forgotten) {
  for (const auto* key : {"ann", "bob", "eve", "joe"})
    seen.ended(key, now += 1s);
  BOOST_TEST(seen.size() == 3u);
  BOOST_TEST((when("ann") == never));
  BOOST_TEST((when("joe") == now));
  seen.learn({"old", 30min}, now);
  BOOST_TEST((when("old") == never));
}

BOOST_AUTO_TEST_CASE(what_was_noted_last_is_forgotten_if_it_is_the_earliest) {
  seen.ended("ann", now);
  seen.ended("bob", now);
  seen.learn({"eve", 30min}, now);
  seen.learn({"joe", 20min}, now);
  BOOST_TEST((when("eve") == never));
  BOOST_TEST((when("joe") == now - 20min));
  seen.ended("kim", now);
  BOOST_TEST((when("joe") == never));
  BOOST_TEST(walk(1) == (std::vector<std::string>{"ann", "bob", "kim"}));
}

BOOST_AUTO_TEST_CASE(what_is_too_long_ago_goes_in_the_order_of_time) {
  seen.ended("ann", now);
  seen.learn({"old", 50min}, now);
  now += 10min;
  seen.ended("bob", now);
  BOOST_TEST(seen.size() == 2u);
  BOOST_TEST((when("ann") == 10h));
}

/// A thread takes the time, and another one ends a key before it asks.
BOOST_AUTO_TEST_CASE(no_key_was_seen_in_the_future) {
  seen.ended("ann", now + 1ms);
  BOOST_TEST((when("ann") == now));
  const auto page = read(0, 100);
  BOOST_REQUIRE(page.keys.size() == 1u);
  BOOST_TEST((page.keys[0].age == 0ms));
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
  constexpr replica_tag b{7}, c{8};
  seen.ended("ann", now);
  seen.learn({"bob", 5min, b}, now);
  const auto told_to_c = seen.read_after(0, {false, c, 100}, now);
  BOOST_REQUIRE(told_to_c.keys.size() == 1u);
  BOOST_TEST(told_to_c.keys[0].key == "bob");
  BOOST_TEST((told_to_c.keys[0].age == 5min));
  const auto told_to_b = seen.read_after(0, {true, b, 100}, now);
  BOOST_REQUIRE(told_to_b.keys.size() == 1u);
  BOOST_TEST(told_to_b.keys[0].key == "ann");
  BOOST_TEST(told_to_b.end == told_to_c.end); // What is skipped is passed.
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
      b.learn(one, now);
    for (const auto& one : b.read_after(0, {}, now).keys)
      a.learn(one, now);
    for (const auto& [key, when] : truth) {
      BOOST_REQUIRE(
          (when - a.find(key, now).value_or(never) <= last_seen::slack));
      BOOST_REQUIRE(
          (when - b.find(key, now).value_or(never) <= last_seen::slack));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// Nodes whose tables hold 20 keys, and that tell each other all that they
/// note, as if all had just met.
struct full_tables {
  static constexpr std::size_t keys_max = 20;

  explicit full_tables(std::size_t count)
      : nodes(count, last_seen{{1h, keys_max}}),
        stands(count, std::vector<last_seen::position>(count)) {
  }

  static replica_tag tag(std::size_t node) {
    return {node + 1};
  }

  /// Keys of which some nodes saw the ends, within a time.
  void fill(std::chrono::milliseconds within) {
    const auto start = now;
    const auto share = random.chance(0.5) ? 0.4 : 0.8;
    std::map<tick_time, std::string> ends;
    for (std::size_t key = 0; key < 3 * keys_max; ++key)
      ends[start + random.below(static_cast<std::size_t>(within.count())) * 1ms
           + std::chrono::microseconds{key}]
          = "key" + std::to_string(key);
    for (const auto& [when, key] : ends)
      for (auto& node : nodes)
        if (random.chance(share))
          node.ended(key, when);
    now = ends.rbegin()->first;
  }

  /// A packet from each to each, which is under way for a while. @returns how
  /// many keys were sent.
  std::size_t exchange() {
    struct packet {
      std::size_t from, to;
      std::vector<seen_key> keys;
    };
    std::vector<packet> all;
    for (std::size_t from = 0; from < nodes.size(); ++from)
      for (std::size_t to = 0; to < nodes.size(); ++to)
        if (from != to) {
          auto page = nodes[from].read_after(stands[from][to],
                                             {true, tag(to), 100}, now);
          stands[from][to] = page.end;
          all.push_back({from, to, std::move(page.keys)});
        }
    now += std::chrono::milliseconds{1 + random.below(100)};
    std::size_t sent = 0;
    for (auto& [from, to, keys] : all)
      for (auto& one : keys) {
        one.teller = tag(from);
        nodes[to].learn(one, now);
        ++sent;
      }
    now += 200ms;
    return sent;
  }

  /// @returns how many keys were sent until there was nothing to send.
  std::size_t exchange_all() {
    std::size_t total = 0;
    for (int silent = 0; silent < 20 && total < 1'000'000;) {
      const auto sent = exchange();
      total += sent;
      silent = sent == 0 ? silent + 1 : 0;
    }
    return total;
  }

  rollcall::test::random_source random{rollcall::test::seed()};
  std::vector<last_seen> nodes;
  std::vector<std::vector<last_seen::position>> stands;
  tick_time now = 10h;
};

/// How many keys `count` nodes send each other for one that a table holds, at
/// most, of many such exchanges.
std::size_t most_sent(std::size_t count, std::chrono::milliseconds within) {
  std::size_t most = 0;
  for (int round = 0; round < 50; ++round) {
    full_tables all{count};
    for (int skip = 0; skip < round; ++skip)
      all.random.below(2);
    all.fill(within);
    most = std::max(most, all.exchange_all());
  }
  return most / full_tables::keys_max;
}

} // namespace

BOOST_AUTO_TEST_SUITE(full_last_seen_tests)

// Each of n nodes tells each other one its table, and what it learned.
BOOST_AUTO_TEST_CASE(two_nodes_whose_tables_are_full_fall_silent) {
  for (const auto within : {1ms, 2'000ms, 10'000ms, 600'000ms})
    BOOST_TEST(most_sent(2, within) <= 4u);
}

BOOST_AUTO_TEST_CASE(four_nodes_whose_tables_are_full_fall_silent) {
  for (const auto within : {1ms, 2'000ms, 10'000ms, 600'000ms})
    BOOST_TEST(most_sent(4, within) <= 40u);
}

/// What it keeps is the latest, but for what ends within `slack`.
BOOST_AUTO_TEST_CASE(a_full_table_has_the_keys_that_were_here_last) {
  full_tables all{2};
  all.fill(3'600'000ms);
  all.exchange_all();
  for (std::size_t which = 0; which < 2; ++which) {
    const auto here = all.nodes[which].read_after(0, {}, all.now).keys;
    const auto there = all.nodes[1 - which].read_after(0, {}, all.now).keys;
    const auto earliest = std::max_element(
        here.begin(), here.end(),
        [](const auto& a, const auto& b) { return a.age < b.age; });
    for (const auto& one : there)
      BOOST_TEST((one.age + last_seen::slack + 1s > earliest->age
                  || all.nodes[which].find(one.key, all.now).has_value()));
  }
}

BOOST_AUTO_TEST_SUITE_END()
