#include "tests/actors/fault.hpp"
#include "tests/actors/one_node.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::literals;
using namespace rollcall;

namespace {

constexpr track_options for_a_second{.linger_ms = 1000};

struct one_lingering : rollcall::test::one_node {
  one_lingering() {
    alice = owner();
    ref = track(alice, "room:1", "alice", "{}", for_a_second);
    subscriber("room:1");
  }

  caf::actor alice;
  std::string ref;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(linger_tests, one_lingering)

BOOST_AUTO_TEST_CASE(
    a_presence_outlives_the_crash_of_its_owner_for_its_linger) {
  kill(alice);
  world.advance(999ms);
  EXPECT_TOLD("state alice");
  BOOST_TEST(who.list("room:1").begin()->phx_ref() == ref);
  world.advance(1ms);
  EXPECT_TOLD("state alice", "-alice");
}

BOOST_AUTO_TEST_CASE(a_return_within_the_linger_is_an_update) {
  kill(alice);
  world.advance(500ms);
  const auto next = track(owner(), "room:1", "alice", "{\"v\":2}");
  EXPECT_TOLD("state alice", "+alice -alice");
  BOOST_TEST(who.list("room:1").begin()->phx_ref() == next);
  BOOST_TEST(who.list("room:1").begin()->phx_ref_prev() == ref);
  world.advance(2s); // the old linger ends nothing
  CHECK_TEXTS(keys("room:1"), "alice");
}

BOOST_AUTO_TEST_CASE(another_key_or_topic_does_not_take_its_place) {
  kill(alice);
  track(owner(), "room:1", "bob");
  track(owner(), "room:2", "alice");
  world.advance(1s);
  EXPECT_TOLD("state alice", "+bob", "-alice");
}

BOOST_AUTO_TEST_CASE(an_owner_that_ends_normally_leaves_at_once) {
  in(alice, [](caf::event_based_actor* self) { self->quit(); });
  EXPECT_TOLD("state alice", "-alice");
}

BOOST_AUTO_TEST_CASE(an_untrack_leaves_at_once) {
  untrack(alice, "room:1", "alice");
  EXPECT_TOLD("state alice", "-alice");
}

BOOST_AUTO_TEST_CASE(an_update_keeps_the_linger) {
  update(alice, "room:1", "alice", "{\"v\":2}"s);
  kill(alice);
  world.advance(999ms);
  BOOST_TEST(keys("room:1").size() == 1u);
  world.advance(1ms);
  BOOST_TEST(keys("room:1").empty());
}

BOOST_AUTO_TEST_CASE(two_devices_linger_apart) {
  const auto tablet = owner();
  track(tablet, "room:1", "alice", "{}", {.linger_ms = 5000});
  kill(alice);
  kill(tablet);
  world.advance(1s);
  BOOST_TEST(who.count("room:1").presences == 1u);
  world.advance(4s);
  BOOST_TEST(who.count("room:1").presences == 0u);
}

BOOST_AUTO_TEST_CASE(ends_of_many_owners_do_not_multiply_the_timers) {
  for (int i = 0; i < 50; ++i) {
    const auto next = owner();
    track(next, "room:2", "guest" + std::to_string(i), "{}",
          {.linger_ms = 4000});
    kill(next);
    world.advance(100ms);
  }
  BOOST_TEST(world.timers() <= 2u);
  world.advance(10s);
  BOOST_TEST(who.count("room:2").presences == 0u);
  BOOST_TEST(world.timers() == 0u);
}

BOOST_AUTO_TEST_CASE(a_linger_goes_on_when_the_node_takes_a_later_incarnation) {
  track(owner(), "room:1", "bob");
  kill(alice);
  replication_input conflict{crdt::node_changed{
      {crdt::node_event_kind::conflict,
       {who.settings().node_name, who.settings().incarnation + 1}}}};
  testing::slot_of(who, "room:1")
      .leave_input(std::make_shared<const replication_input>(conflict));
  world.advance(999ms);
  CHECK_TEXTS(keys("room:1"), "alice", "bob");
  world.advance(1ms);
  CHECK_TEXTS(keys("room:1"), "bob");
  BOOST_TEST(who.stats().owners == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
#undef EXPECT_TOLD
