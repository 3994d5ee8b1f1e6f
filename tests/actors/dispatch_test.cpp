#include "tests/actors/one_node.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::one_node;
using names = std::vector<std::string>;

BOOST_FIXTURE_TEST_SUITE(every_change_by_itself, one_node)

BOOST_AUTO_TEST_CASE(a_subscriber_gets_the_state_then_each_change) {
  const auto alice = owner();
  const auto bob = owner();
  track(alice, "room:1", "alice");
  subscriber("room:1");
  track(bob, "room:1", "bob");
  update(bob, "room:1", "bob", "{\"v\":2}"s);
  untrack(bob, "room:1", "bob");
  kill(alice);
  EXPECT_TOLD("state alice", "+bob", "+bob -bob", "-bob", "-alice");
}

BOOST_AUTO_TEST_CASE(a_subscriber_does_not_appear_and_hears_its_topic_only) {
  subscriber("room:1");
  track(owner(), "room:2", "alice");
  EXPECT_TOLD("state");
  BOOST_TEST(who.count("room:1").presences == 0u);
}

BOOST_AUTO_TEST_CASE(one_who_unsubscribed_hears_nothing_more) {
  const auto listener = subscriber("room:1");
  in(listener, [this](caf::event_based_actor* self) {
    who.unsubscribe(self, "room:1").then([] {});
  });
  track(owner(), "room:1", "alice");
  EXPECT_TOLD("state");
  BOOST_TEST(who.stats().subscriptions == 0u);
}

BOOST_AUTO_TEST_CASE(a_subscriber_that_ends_is_forgotten) {
  kill(subscriber("room:1"));
  BOOST_TEST(who.stats().subscriptions == 0u);
}

BOOST_AUTO_TEST_CASE(a_second_subscription_starts_anew_and_doubles_nothing) {
  const auto listener = subscriber("room:1");
  track(owner(), "room:1", "alice");
  subscribe(listener, "room:1");
  track(owner(), "room:1", "bob");
  EXPECT_TOLD("state", "+alice", "state alice", "+bob");
  BOOST_TEST(who.stats().subscriptions == 1u);
}

BOOST_AUTO_TEST_CASE(events_reach_the_subscribers_of_their_topic_in_order) {
  subscriber("room:1");
  for (const auto* name : {"one", "two"}) {
    topic_event event;
    event.topic = "room:1";
    event.event = name;
    who.broadcast(std::make_shared<const topic_event>(event));
  }
  topic_event elsewhere;
  elsewhere.topic = "room:2";
  who.broadcast(std::make_shared<const topic_event>(elsewhere));
  world.settle();
  EXPECT_TOLD("state", "event one", "event two");
}

BOOST_AUTO_TEST_CASE(a_topic_without_a_valid_name_cannot_be_subscribed) {
  subscriber("");
  BOOST_TEST(told->empty());
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct with_window : one_node {
  static config settings() {
    config result;
    result.diff_window = 20ms;
    return result;
  }

  with_window() : one_node{settings()} {
  }

  /// Lets the topic be quiet for longer than its window.
  void calm_down() {
    world.advance(50ms);
  }

  /// Alice, the only one in a quiet topic, ends under a subscriber's eyes.
  void alice_ends() {
    const auto alice = owner();
    track(alice, "room:1", "alice");
    subscriber("room:1");
    calm_down();
    kill(alice);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(changes_within_a_window, with_window)

BOOST_AUTO_TEST_CASE(a_join_in_a_quiet_topic_goes_out_at_once) {
  subscriber("room:1");
  track(owner(), "room:1", "alice");
  EXPECT_TOLD("state", "+alice");
}

BOOST_AUTO_TEST_CASE(joins_that_follow_wait_for_the_window_and_come_as_one) {
  subscriber("room:1");
  track(owner(), "room:1", "alice");
  track(owner(), "room:1", "bob");
  track(owner(), "room:1", "carol");
  EXPECT_TOLD("state", "+alice");
  world.advance(20ms);
  EXPECT_TOLD("state", "+alice", "+bob +carol");
}

BOOST_AUTO_TEST_CASE(a_leave_and_a_return_within_the_window_is_one_update) {
  alice_ends();
  EXPECT_TOLD("state alice");
  track(owner(), "room:1", "alice");
  EXPECT_TOLD("state alice", "+alice -alice");
}

BOOST_AUTO_TEST_CASE(a_leave_alone_comes_after_the_window) {
  alice_ends();
  world.advance(19ms);
  EXPECT_TOLD("state alice");
  world.advance(1ms);
  EXPECT_TOLD("state alice", "-alice");
}

BOOST_AUTO_TEST_CASE(what_joins_and_leaves_within_the_window_is_never_seen) {
  subscriber("room:1");
  track(owner(), "room:1", "first");
  const auto ghost = owner();
  track(ghost, "room:1", "ghost");
  kill(ghost);
  world.advance(20ms);
  EXPECT_TOLD("state", "+first");
}

BOOST_AUTO_TEST_CASE(a_chain_of_updates_is_its_last_version_against_its_first) {
  const auto alice = owner();
  const auto first = track(alice, "room:1", "alice");
  subscriber("room:1");
  calm_down();
  track(owner(), "room:1", "x"); // makes the topic busy
  update(alice, "room:1", "alice", "{\"v\":1}"s);
  const auto [last, before] = update(alice, "room:1", "alice", "{\"v\":2}"s);
  world.advance(20ms);
  EXPECT_TOLD("state alice", "+x", "+alice -alice");
  BOOST_TEST(before != first);
  BOOST_TEST(
      (view->refs == names{who.get_by_key("room:1", "x")[0]->phx_ref(), last}));
}

BOOST_AUTO_TEST_CASE(
    a_newcomer_within_a_window_gets_only_what_its_state_lacks) {
  const auto ghost = owner();
  subscriber("room:1");
  const auto early = told;
  track(owner(), "room:1", "first");
  track(ghost, "room:1", "ghost"); // waits
  subscriber("room:1");            // has it in its state
  kill(ghost);
  track(owner(), "room:1", "late");
  world.advance(20ms);
  EXPECT_TOLD("state first ghost", "+late -ghost");
  CHECK_TEXTS(*early, "state", "+first", "+late");
}

BOOST_AUTO_TEST_CASE(who_serves_snapshots_hears_of_those_who_came_and_went) {
  const auto passed = std::make_shared<names>();
  actors.push_back(world.system().spawn([=](caf::event_based_actor*) {
    return caf::behavior{[](const topic_snapshot_ptr&) {},
                         [=](const diff_ptr& change) {
                           for (const auto& gone : change->passed)
                             passed->emplace_back(gone->key());
                         }};
  }));
  who.subscribe(actors.back(), "room:1", {.wants_passed = true});
  world.settle();
  track(owner(), "room:1", "first");
  const auto ghost = owner();
  track(ghost, "room:1", "ghost"); // a snapshot taken now would hold it
  kill(ghost);
  world.advance(20ms);
  CHECK_TEXTS(*passed, "ghost");
}

BOOST_AUTO_TEST_CASE(topics_have_windows_of_their_own) {
  const auto listener = subscriber("room:1");
  subscribe(listener, "room:2");
  track(owner(), "room:1", "a");
  track(owner(), "room:2", "b");
  EXPECT_TOLD("state", "state", "+a", "+b");
}

BOOST_AUTO_TEST_SUITE_END()
#undef EXPECT_TOLD
