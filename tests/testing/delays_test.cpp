// How long packets take, and what becomes of those that are under way.
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"
#include "tests/testing/players.hpp"
#include <rollcall/testing/cluster.hpp>
#include <rollcall/testing/subscriber.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>

using namespace std::literals;
using namespace rollcall;
using namespace rollcall::test;

namespace {

/// Whether the first of two nodes has a connection to the other one.
bool is_connected(testing::cluster& world) {
  return world[0].cluster().peers().at(0).has_line;
}

void disturb(testing::cluster& world, random_source& random) {
  const auto a = random.below(world.size());
  const auto b = (a + 1) % world.size();
  const testing::cluster::duration by{random.between(0, 10'000)};
  switch (random.below(8)) {
  case 0:
  case 1:
    return world.delay(a, b, by);
  case 2:
  case 3:
    return world.delay(a, b, 0ms);
  case 4:
    return world.cut(a, b);
  case 5:
  case 6:
    return world.heal(a, b);
  default:
    return world[a].is_running() ? world.kill(a) : world.restart(a);
  }
}

/// Makes all links quick, and all nodes run.
void mend(testing::cluster& world) {
  for (std::size_t i = 0; i < world.size(); ++i) {
    world.heal(i);
    world.delay(i, (i + 1) % world.size(), 0ms);
    if (!world[i].is_running())
      world.restart(i);
  }
}

/// Two nodes that have been an hour apart for a while.
struct distant_nodes : testing::cluster {
  explicit distant_nodes(std::chrono::milliseconds time) : cluster{2} {
    delay(0, 1, 1h);
    advance(time);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(testing_delays_tests)

BOOST_AUTO_TEST_CASE(a_long_delay_is_over_when_it_is_set_back) {
  distant_nodes world{10s};
  BOOST_TEST(!is_connected(world));
  world.delay(0, 1, 0ms);
  BOOST_TEST(world.await_whole());
}

BOOST_AUTO_TEST_CASE(a_delay_that_a_relay_made_up_for_is_over_as_well) {
  testing::cluster world{3};
  world.delay(0, 1, 1h);
  world.advance(20s);
  world.delay(0, 1, 0ms);
  world.advance(5s);
  for (const auto& peer : world[0].cluster().peers())
    BOOST_TEST((peer.is_up && peer.has_line));
}

BOOST_AUTO_TEST_CASE(a_new_incarnation_does_not_wait_for_packets_of_the_last) {
  distant_nodes world{1s};
  world.kill(1);
  world.restart(1);
  world.advance(20s);
  world.delay(0, 1, 0ms);
  BOOST_TEST(world.await_whole());
}

BOOST_AUTO_TEST_CASE(a_kill_is_heard_after_the_delay_of_now) {
  distant_nodes world{1s};
  world.delay(0, 1, 10ms);
  world.kill(1);
  BOOST_TEST(is_connected(world)); // Silence would end it 1 s from now.
  BOOST_TEST(world.await([&] { return !is_connected(world); }, 500ms));
}

BOOST_AUTO_TEST_CASE(a_kill_that_is_heard_late_is_not_of_the_new_incarnation) {
  testing::cluster world{2};
  world.delay(0, 1, 15s);
  world.kill(1);
  world.restart(1);
  world.delay(0, 1, 0ms);
  BOOST_TEST(world.await_whole(5s));
  testing::subscriber diffs{world[0], "arena"};
  enter(world[1], "ann");
  BOOST_TEST(diffs.await_join("ann"));
  const auto downs = world[0].cluster().stats().downs;
  BOOST_TEST(!diffs.await_leave("ann", 60s));
  BOOST_TEST(world[0].cluster().stats().downs == downs);
}

BOOST_AUTO_TEST_CASE(what_a_killed_node_has_under_way_is_lost) {
  testing::cluster world{2};
  world.delay(0, 1, 50ms);
  enter(world[0], "ann");
  world.advance(20ms);
  world.kill(0);
  world.advance(1s);
  BOOST_TEST(world[1].keys("arena").empty());
}

BOOST_AUTO_TEST_CASE(a_goodbye_over_a_slow_link_arrives) {
  testing::cluster world{2};
  enter(world[0], "ann");
  world.settle();
  testing::subscriber diffs{world[1], "arena"};
  BOOST_TEST(diffs.await_join("ann"));
  world.delay(0, 1, 300ms);
  world.stop(0);
  BOOST_TEST(!diffs.await_leave("ann", 190ms));
  BOOST_TEST(diffs.await_leave("ann", 200ms));
}

BOOST_AUTO_TEST_CASE(packets_of_one_connection_stay_in_order) {
  testing::cluster world{2};
  const auto ann = enter(world[0], "ann");
  world.settle();
  testing::subscriber diffs{world[1], "arena"};
  BOOST_TEST(diffs.await_join("ann"));
  world.delay(0, 1, 500ms);
  BOOST_TEST(!!world[0].presence().update(ann, "arena", "ann", R"({"a":1})"));
  world.advance(100ms);
  world.delay(0, 1, 0ms);
  BOOST_TEST(!!world[0].presence().update(ann, "arena", "ann", R"({"a":2})"));
  BOOST_TEST(!diffs.await_update("ann", 399ms));
  BOOST_TEST(diffs.await_update("ann", 200ms));
  BOOST_TEST(diffs.changes().back().presence->meta() == R"({"a":2})");
}

// Goal: nodes find each other soon after the last disturbance, whatever was.
// Method: random delays of up to ten seconds, cuts, kills and restarts; then
// all links are quick.
BOOST_AUTO_TEST_CASE(nodes_find_each_other_whatever_the_delays_were) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << seed()) {
    random_source random{seed()};
    testing::cluster world{3};
    for (int i = 0; i < 200; ++i) {
      disturb(world, random);
      world.advance(testing::cluster::duration{random.between(0, 3'000)});
    }
    mend(world);
    BOOST_TEST(world.await_whole());
    world.advance(10s);
    for (std::size_t i = 0; i < world.size(); ++i)
      for (const auto& peer : world[i].cluster().peers())
        BOOST_TEST((peer.is_up && peer.has_line));
  }
}

BOOST_AUTO_TEST_SUITE_END()
