#include "tests/actors/churn.hpp"
#include "tests/actors/fault.hpp"
#include "tests/actors/one_node.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/silent_log.hpp"

#include <caf/scoped_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <map>
#include <mutex>
#include <random>
#include <set>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::one_node;

namespace {

struct crashing_node : test::silent_log, one_node {
  using one_node::one_node;

  /// Ends the shard of a topic from outside.
  void kill_shard(const std::string& topic) {
    caf::anon_send_exit(testing::shard_of(who, topic), caf::exit_reason::kill);
    world.settle();
  }

  void kill_dispatcher(const std::string& topic) {
    caf::anon_send_exit(testing::dispatcher_of(who, topic),
                        caf::exit_reason::kill);
    world.settle();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervision_tests, crashing_node)

BOOST_AUTO_TEST_CASE(a_crashed_shard_costs_no_presence_and_no_reference) {
  const auto ref = track(owner(), "room:1", "alice");
  subscriber("room:1");
  kill_shard("room:1");
  BOOST_TEST(who.list("room:1").begin()->phx_ref() == ref);
  BOOST_TEST(who.stats().shard_restarts == 1u);
  track(owner(), "room:1", "bob");
  CHECK_TEXTS(*told, "state alice", "+bob");
}

// Here that the node must take a later incarnation, which names all anew.
BOOST_AUTO_TEST_CASE(
    what_the_cluster_has_for_a_crashed_shard_waits_for_the_next) {
  const auto ref = track(owner(), "room:1", "alice");
  const replication_input conflict{crdt::node_changed{
      {crdt::node_event_kind::conflict,
       {who.settings().node_name, who.settings().incarnation + 1}}}};
  caf::anon_send_exit(testing::shard_of(who, "room:1"), caf::exit_reason::kill);
  testing::slot_of(who, "room:1")
      .leave_input(std::make_shared<const replication_input>(conflict));
  world.settle();
  BOOST_TEST(who.stats().shard_restarts == 1u);
  BOOST_TEST(who.list("room:1").begin()->phx_ref() != ref);
}

BOOST_AUTO_TEST_CASE(an_exception_inside_a_shard_is_a_crash_like_any_other) {
  const auto ref = track(owner(), "room:1", "alice");
  testing::throw_in_shard(who, "room:1");
  world.settle();
  BOOST_TEST(who.stats().shard_restarts == 1u);
  BOOST_TEST(who.list("room:1").begin()->phx_ref() == ref);
  BOOST_TEST(track(owner(), "room:1", "bob") != "silence");
}

BOOST_AUTO_TEST_CASE(an_owner_that_ends_while_its_shard_is_down_is_untracked) {
  const auto alice = owner();
  track(alice, "room:1", "alice");
  subscriber("room:1");
  // Both exits are on the way before anything runs.
  caf::anon_send_exit(testing::shard_of(who, "room:1"), caf::exit_reason::kill);
  caf::anon_send_exit(alice, caf::exit_reason::kill);
  world.settle();
  CHECK_TEXTS(*told, "state alice", "-alice");
}

BOOST_AUTO_TEST_CASE(a_linger_survives_the_crash_of_its_shard) {
  const auto alice = owner();
  track(alice, "room:1", "alice", "{}", {.linger_ms = 1000});
  kill(alice);
  kill_shard("room:1");
  world.advance(999ms);
  BOOST_TEST(who.count("room:1").presences == 1u);
  world.advance(1ms);
  BOOST_TEST(who.count("room:1").presences == 0u);
}

BOOST_AUTO_TEST_CASE(a_call_is_done_though_its_shard_is_down_at_that_moment) {
  const auto alice = owner();
  const auto answer = std::make_shared<std::string>("silence");
  caf::anon_send_exit(testing::shard_of(who, "room:1"), caf::exit_reason::kill);
  in(alice, [=, this](caf::event_based_actor* self) {
    who.track(self, "room:1", "alice", "{}")
        .then([=](const tracked&) { *answer = "tracked"; },
              [=](const caf::error& problem) { *answer = name(problem); });
  });
  BOOST_TEST(*answer == "tracked");
  kill(alice);
  BOOST_TEST(who.count("room:1").presences == 0u);
}

BOOST_AUTO_TEST_CASE(a_crashed_dispatcher_goes_on_with_its_subscribers) {
  subscriber("room:1");
  kill_dispatcher("room:1");
  track(owner(), "room:1", "alice");
  CHECK_TEXTS(*told, "state", "+alice");
  BOOST_TEST(who.stats().dispatcher_restarts == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(supervision_limit_tests)

BOOST_AUTO_TEST_CASE(one_crash_more_than_the_limit_leaves_the_shard_down) {
  auto settings = one_node::quiet_config();
  settings.restarts_max = 2;
  settings.restart_window = 60s;
  crashing_node node{settings};
  for (int i = 0; i < 3; ++i)
    node.kill_shard("t");
  BOOST_TEST(node.who.stats().shard_restarts == 2u);
  BOOST_TEST(node.track(node.owner(), "t", "alice") == "shard_unavailable");
}

BOOST_AUTO_TEST_CASE(a_dispatcher_that_stays_down_is_as_visible_as_a_shard) {
  auto settings = one_node::quiet_config();
  settings.restarts_max = 2;
  crashing_node node{settings};
  for (int i = 0; i < 3; ++i)
    node.kill_dispatcher("t");
  BOOST_TEST(node.who.stats().dispatcher_restarts == 2u);
  BOOST_TEST(node.who.stats().shards_down == 1u);
  BOOST_TEST(node.track(node.owner(), "t", "alice") == "shard_unavailable");
  BOOST_TEST(one_node::name(node.who.subscribe(node.owner(), "t"))
             == "shard_unavailable");
}

BOOST_AUTO_TEST_CASE(crashes_that_are_far_apart_do_not_add_up) {
  auto settings = one_node::quiet_config();
  settings.restarts_max = 1;
  settings.restart_window = 1s;
  crashing_node node{settings};
  for (int i = 0; i < 5; ++i) {
    node.kill_shard("t");
    node.world.advance(2s);
  }
  BOOST_TEST(node.who.stats().shard_restarts == 5u);
}

// Goal: crashes in the middle of real work lose nothing and show nothing that
// did not happen.
// Method: real threads; 1000 owners track, update and end at random while the
// shards are killed a hundred times; some owners are never touched.
BOOST_AUTO_TEST_CASE(a_hundred_crashes_under_churn_leave_exact_lists) {
  const test::silent_log quiet;
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << rollcall::test::seed()) {
    testing::churn_report report
        = testing::churn_with_crashes(rollcall::test::seed(), 1000, 100);
    BOOST_TEST(report.crashes == 100u);
    BOOST_TEST(report.unanswered == 0u);
    BOOST_TEST(report.impossible_diffs == 0u);
    BOOST_TEST(report.flickers == 0u);
    BOOST_TEST(report.wrong_lists == 0u);
    BOOST_TEST(report.wrong_views == 0u);
    BOOST_TEST(report.presences > 0u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
