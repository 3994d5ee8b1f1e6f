// What a test may do to a cluster, and what the nodes make of it.
#include "tests/testing/players.hpp"
#include <rollcall/testing/cluster.hpp>
#include <rollcall/testing/subscriber.hpp>

#include <caf/send.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>

using namespace std::literals;
using namespace rollcall;
using namespace rollcall::test;

BOOST_AUTO_TEST_SUITE(testing_failures_tests)

BOOST_AUTO_TEST_CASE(a_cut_hides_a_node_when_its_silence_was_long_enough) {
  testing::cluster world{2};
  testing::subscriber diffs{world[1], "arena"};
  enter(world[0], "ann");
  BOOST_TEST(diffs.await_join("ann"));
  world.cut(0, 1);
  world.advance(1500ms);
  BOOST_TEST(world[1].keys("arena").size() == 1u);
  BOOST_TEST(diffs.await_leave("ann", 1s));
  BOOST_TEST((diffs.changes().back().why == leave_reason::node_down));
  world.heal(0, 1);
  BOOST_TEST(diffs.await_join("ann"));
}

BOOST_AUTO_TEST_CASE(what_was_sent_during_a_short_cut_arrives_when_it_heals) {
  testing::cluster world{2};
  testing::subscriber diffs{world[1], "arena"};
  world.cut(0, 1);
  enter(world[0], "ann");
  world.advance(500ms);
  BOOST_TEST(world[1].keys("arena").empty());
  world.heal(0, 1);
  world.settle();
  BOOST_TEST(diffs.await_join("ann", 0ms));
  BOOST_TEST(world[1].cluster().stats().downs == 0u);
}

BOOST_AUTO_TEST_CASE(two_nodes_that_are_cut_off_hear_each_other_by_a_third) {
  testing::cluster world{3};
  testing::subscriber diffs{world[1], "arena"};
  world.cut(0, 1);
  world.advance(5s);
  enter(world[0], "ann");
  BOOST_TEST(diffs.await_join("ann", 1s));
  BOOST_TEST(world[1].cluster().stats().downs == 0u);
}

BOOST_AUTO_TEST_CASE(a_node_that_is_cut_off_from_all_is_back_after_healing) {
  testing::cluster world{4};
  enter(world[3], "ann");
  world.settle();
  world.cut(3);
  world.advance(5s);
  for (std::size_t i = 0; i < 3; ++i)
    BOOST_TEST(world[i].keys("arena").empty());
  enter(world[0], "bob");
  world.advance(20s);
  world.heal(3);
  BOOST_TEST(world.await_whole());
  for (std::size_t i = 0; i < 4; ++i)
    BOOST_TEST(world[i].keys("arena") == (names{"ann", "bob"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_killed_node_is_missed_and_a_stopped_one_forgotten) {
  testing::cluster world{3};
  enter(world[1], "ann");
  enter(world[2], "bob");
  world.settle();
  testing::subscriber diffs{world[0], "arena"};
  const auto start = world.now();
  world.stop(2);
  BOOST_TEST(diffs.await_leave("bob"));
  BOOST_TEST((world.now() - start < 200ms));
  world.kill(1);
  world.advance(1500ms);
  BOOST_TEST(diffs.keys() == names{"ann"}, boost::test_tools::per_element());
  BOOST_TEST(diffs.await_leave("ann"));
  BOOST_TEST(world.await_whole());
}

BOOST_AUTO_TEST_CASE(a_restarted_node_gets_all_and_is_a_new_one) {
  testing::cluster world{3};
  const auto ended = std::make_shared<bool>(false);
  enter(world[0], "ann");
  const auto bob = enter(world[1], "bob");
  bob->attach_functor([ended] { *ended = true; });
  world.settle();
  world.kill(1);
  BOOST_TEST(*ended);
  BOOST_TEST(!world[1].is_running());
  BOOST_TEST(world[1].keys("arena").empty());
  world.restart(1);
  BOOST_TEST(world.await_whole());
  world.advance(100ms); // The diff window is nothing to lists, and a restart
                        // is not hidden: bob is gone at once.
  for (std::size_t i = 0; i < 3; ++i)
    BOOST_TEST(world[i].keys("arena") == names{"ann"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_node_may_be_killed_while_its_links_are_cut_and_delayed) {
  testing::cluster world{3};
  world.delay(0, 1, 200ms);
  enter(world[1], "bob");
  world.advance(300ms);
  world.cut(0, 1);
  enter(world[1], "cat");
  world.kill(1);
  world.advance(1s);
  world.restart(1);
  world.advance(10s);
  world.heal(0, 1);
  BOOST_TEST(world.await_whole(30s));
  for (std::size_t i = 0; i < 3; ++i)
    BOOST_TEST(world[i].keys("arena").empty());
}

BOOST_AUTO_TEST_CASE(handles_of_a_killed_node_may_be_dropped_later) {
  testing::cluster world{2};
  auto ann = enter(world[1], "ann");
  auto diffs = std::make_unique<testing::subscriber>(world[1], "arena");
  const auto before = world[1].presence();
  world.kill(1);
  BOOST_TEST(!diffs->await_leave("ann", 5s));
  BOOST_TEST(before.count("arena").keys == 0u);
  diffs.reset();
  ann = nullptr;
  world.restart(1);
  BOOST_TEST(world.await_whole());
}

BOOST_AUTO_TEST_CASE(every_node_may_be_restarted_in_turn) {
  testing::cluster world{3};
  for (int round = 0; round < 3; ++round)
    for (std::size_t i = 0; i < 3; ++i) {
      enter(world[i], "ann");
      world.advance(700ms);
      world.kill(i);
      world.advance(300ms);
      world.restart(i);
      BOOST_TEST(world.await_whole());
    }
  for (std::size_t i = 0; i < 3; ++i)
    BOOST_TEST(world[i].keys("arena").empty());
}

BOOST_AUTO_TEST_SUITE_END()
