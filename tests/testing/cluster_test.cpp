#include "tests/testing/players.hpp"
#include <rollcall/testing/cluster.hpp>
#include <rollcall/testing/subscriber.hpp>

#include <caf/send.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace std::literals;
using namespace rollcall;
using namespace rollcall::test;

namespace {

/// Keeps the events that it is told.
caf::behavior target(caf::event_based_actor* self, presence who,
                     std::shared_ptr<names> heard) {
  who.track(self, "arena", "ann", "{}").then([](const tracked&) {});
  return {[heard](const told_event& told) { heard->push_back(told.event); }};
}

/// What a subscriber hears of a busy cluster, with the times.
names transcript_of_a_busy_day(std::uint64_t seed) {
  testing::cluster_options options;
  options.seed = seed;
  testing::cluster world{4, std::move(options)};
  world.delay(0, 1, 7ms);
  world.delay(1, 2, 30ms);
  testing::subscriber diffs{world[1], "arena"};
  std::vector<caf::actor> players;
  for (std::size_t i = 0; i < 40; ++i) {
    if (world[i % 4].is_running())
      players.push_back(enter(world[i % 4], "p" + std::to_string(i)));
    if (i % 3 == 0)
      caf::anon_send_exit(players[i / 2], caf::exit_reason::kill);
    if (i == 10)
      world.cut(0, 1);
    if (i == 20)
      world.cut(3);
    if (i == 30)
      world.kill(2);
    world.advance(101ms);
  }
  world.heal(0, 1);
  world.heal(3);
  world.restart(2);
  BOOST_TEST(world.await_whole());
  names result{std::to_string(world.now().count())};
  for (const auto& one : diffs.changes())
    result.push_back(std::to_string(static_cast<int>(one.kind))
                     + std::string{one.presence->key()}
                     + one.presence->phx_ref());
  const auto stats = world[1].cluster().stats();
  result.push_back(std::to_string(stats.heartbeats_received));
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(testing_cluster_tests)

BOOST_AUTO_TEST_CASE(a_cluster_starts_whole) {
  testing::cluster world{5};
  for (std::size_t i = 0; i < world.size(); ++i) {
    BOOST_TEST(world[i].cluster().is_ready());
    BOOST_TEST(world[i].cluster().peers().size() == 4u);
    for (const auto& peer : world[i].cluster().peers())
      BOOST_TEST((peer.is_up && peer.is_direct && peer.has_line));
  }
}

BOOST_AUTO_TEST_CASE(a_presence_on_one_node_is_shown_on_all) {
  testing::cluster world{3};
  enter(world[0], "ann");
  world.settle();
  for (std::size_t i = 0; i < world.size(); ++i)
    BOOST_TEST(world[i].keys("arena") == names{"ann"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_subscriber_hears_of_joins_updates_and_leaves_elsewhere) {
  testing::cluster world{2};
  const auto bob = enter(world[0], "bob");
  world.settle();
  testing::subscriber diffs{world[1], "arena"};
  const auto ann = enter(world[0], "ann");
  BOOST_TEST(diffs.await_join("bob"));
  BOOST_TEST(diffs.await_join("ann"));
  BOOST_TEST(!!world[0].presence().update(ann, "arena", "ann", R"({"a":1})"));
  BOOST_TEST(diffs.await_update("ann"));
  BOOST_TEST(diffs.changes().back().presence->meta() == R"({"a":1})");
  caf::anon_send_exit(ann, caf::exit_reason::kill);
  BOOST_TEST(diffs.await_leave("ann"));
  BOOST_TEST((diffs.changes().back().why == leave_reason::lost));
  BOOST_TEST(diffs.keys() == names{"bob"}, boost::test_tools::per_element());
  BOOST_TEST(diffs.changes().size() == 4u);
}

BOOST_AUTO_TEST_CASE(an_await_that_finds_nothing_spends_its_patience) {
  testing::cluster world{2};
  testing::subscriber diffs{world[1], "arena"};
  const auto before = world.now();
  BOOST_TEST(!diffs.await_join("ann", 3s));
  BOOST_TEST((world.now() - before == 3s));
  enter(world[0], "ann");
  BOOST_TEST(diffs.await_join("ann"));
  BOOST_TEST((world.now() - before == 3s));
  BOOST_TEST(!diffs.await_join("ann", 1ms));
}

BOOST_AUTO_TEST_CASE(a_packet_takes_as_long_as_its_link_delays_it) {
  testing::cluster world{3};
  world.delay(0, 2, 50ms);
  enter(world[0], "ann");
  world.settle();
  BOOST_TEST(world[1].keys("arena").size() == 1u);
  BOOST_TEST(world[2].keys("arena").empty());
  world.advance(49ms);
  BOOST_TEST(world[2].keys("arena").empty());
  world.advance(1ms);
  BOOST_TEST(world[2].keys("arena").size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_message_reaches_an_owner_on_another_node) {
  testing::cluster world{2};
  const auto heard = std::make_shared<names>();
  world[0].spawn(target, world[0].presence(), heard);
  world.settle();
  BOOST_TEST(!world[1].presence().tell(
      "arena", "ann", caf::make_message(told_event{"hello", "{}"})));
  world.settle();
  BOOST_TEST(*heard == names{"hello"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_owner_of_another_node_is_refused) {
  testing::cluster world{2};
  const auto ann = enter(world[0], "ann");
  const auto answer = world[1].presence().track(ann, "arena", "ann", "{}");
  BOOST_TEST((!answer && code_of(answer.error()) == ec::invalid_owner));
}

BOOST_AUTO_TEST_CASE(of_two_logins_at_one_moment_on_two_nodes_one_stays) {
  testing::cluster_options options;
  options.settings.single_session = {{"arena", session_policy::newest}};
  testing::cluster world{3, std::move(options)};
  world.delay(0, 1, 20ms);
  const auto first = enter(world[0], "ann");
  world.advance(5ms);
  const auto second = enter(world[1], "ann");
  world.settle();
  BOOST_TEST(world[2].presence().count("arena").presences == 2u);
  world.advance(100ms);
  for (std::size_t i = 0; i < world.size(); ++i) {
    const auto left = world[i].presence().list("arena");
    BOOST_TEST_REQUIRE(left.size() == 1u);
    BOOST_TEST(left.begin()->owner() == second->id());
  }
}

BOOST_AUTO_TEST_CASE(the_same_run_gives_the_same_result) {
  const auto first = transcript_of_a_busy_day(7);
  BOOST_TEST(first.size() > 40u);
  BOOST_TEST(transcript_of_a_busy_day(7) == first,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
