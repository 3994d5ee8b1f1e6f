#include "crdt/counts/count_core.hpp"
#include "tests/crdt/told_checks.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace rollcall::crdt;
using rollcall::test::texts;

namespace {

constexpr subscriber_id ann{1};
constexpr subscriber_id bob{2};

struct watched {
  /// All that is to be told now: "match:*: all: 1", "match:*: match:1: 1 2".
  texts told() {
    texts result;
    while (const auto next = core.next(now)) {
      auto line = next->pattern + ":" + (next->is_all ? " all" : "");
      for (const auto& topic : next->topics)
        line += " " + topic;
      line += ":";
      for (const auto to : next->to)
        line += " " + std::to_string(to.value);
      result.push_back(line);
    }
    return result;
  }

  count_core core{2};
  tick_time now{10s};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(count_core_tests, watched)

BOOST_AUTO_TEST_CASE(a_watcher_is_told_all_and_then_what_changes) {
  BOOST_TEST(core.watch(ann, "match:*", 1s));
  CHECK_TOLD("match:*: all: 1");
  core.changed("match:1");
  core.changed("lobby");
  CHECK_TOLD("match:*: match:1: 1");
}

BOOST_AUTO_TEST_CASE(of_many_patterns_those_that_fit_are_told) {
  for (std::uint64_t i = 0; i < 300; ++i)
    BOOST_TEST(core.watch({100 + i}, "room:" + std::to_string(i) + "*", 1s));
  BOOST_TEST(core.watch(ann, "room:2*", 5s)); // Another has it each second.
  BOOST_TEST(core.watch(bob, "*", 1s));
  told();
  core.changed("room:255");
  CHECK_TOLD("*: room:255: 2", "room:2*: room:255: 102", "room:2*: room:255: 1",
             "room:25*: room:255: 125", "room:255*: room:255: 355");
  core.unwatch(ann, "room:2*");
  core.unwatch(bob, "*");
  now += 5s;
  core.changed("room:2");
  CHECK_TOLD("room:2*: room:2: 102");
}

BOOST_AUTO_TEST_CASE(within_an_interval_it_is_told_once) {
  BOOST_TEST(core.watch(ann, "match:*", 1s));
  told();
  core.changed("match:1");
  told();
  core.changed("match:2");
  core.changed("match:1");
  core.changed("match:2");
  BOOST_TEST((core.next_deadline() == now + 1s));
  CHECK_TOLD_AFTER(1s, "match:*: match:1 match:2: 1");
  BOOST_TEST(!core.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(those_of_one_pattern_and_interval_are_told_together) {
  BOOST_TEST(core.watch(ann, "lobby", 1s));
  BOOST_TEST(core.watch(bob, "lobby", 1s));
  CHECK_TOLD("lobby: all: 1 2");
  core.changed("lobby");
  CHECK_TOLD("lobby: lobby: 1 2");
}

BOOST_AUTO_TEST_CASE(a_newcomer_alone_is_told_all) {
  BOOST_TEST(core.watch(ann, "lobby", 1s));
  told();
  BOOST_TEST(core.watch(bob, "lobby", 1s));
  CHECK_TOLD("lobby: all: 2");
}

BOOST_AUTO_TEST_CASE(another_interval_takes_the_place_of_the_former) {
  BOOST_TEST(core.watch(ann, "lobby", 1s));
  BOOST_TEST(core.watch(ann, "lobby", 2s));
  CHECK_TOLD("lobby: all: 1");
  core.changed("lobby");
  CHECK_TOLD("lobby: lobby: 1");
  core.changed("lobby");
  BOOST_TEST((core.next_deadline() == now + 2s));
}

BOOST_AUTO_TEST_CASE(a_topic_that_ends_in_a_star_is_told_once) {
  BOOST_TEST(core.watch(ann, "a*", 1s));
  told();
  core.changed("a*");
  CHECK_TOLD("a*: a*: 1");
}

BOOST_AUTO_TEST_CASE(patterns_of_one_watcher_are_bounded) {
  BOOST_TEST(core.watch(ann, "1", 1s));
  BOOST_TEST(core.watch(ann, "2", 1s));
  BOOST_TEST(!core.watch(ann, "3", 1s));
  BOOST_TEST(core.watch(ann, "2", 1s));
  core.unwatch(ann, "1");
  BOOST_TEST(core.watch(ann, "3", 1s));
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_of_who_goes) {
  BOOST_TEST(core.watch(ann, "1", 1s));
  BOOST_TEST(core.watch(ann, "a*", 1s));
  BOOST_TEST(core.watch(bob, "1", 1s));
  core.changed("1");
  core.forget(ann);
  core.forget(ann);
  BOOST_TEST(!core.is_watching(ann));
  core.unwatch(bob, "1");
  core.unwatch(bob, "1");
  BOOST_TEST(core.is_idle());
  BOOST_TEST(!core.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(lost_deliveries_are_made_good_by_telling_all) {
  BOOST_TEST(core.watch(ann, "lobby", 1s));
  told();
  core.changed("lobby");
  told(); // Nobody gets it.
  core.tell_all_again();
  CHECK_TOLD("lobby: all: 1");
}

BOOST_AUTO_TEST_SUITE_END()
