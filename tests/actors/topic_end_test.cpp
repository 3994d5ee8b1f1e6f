// The end of a topic: who carries it out, and what it must not do.
#include "tests/actors/fault.hpp"
#include "tests/actors/one_node.hpp"

#include <caf/actor_cast.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <memory>
#include <string>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::one_node;

namespace {

struct ending_node : one_node {
  void fill(std::size_t count) {
    const auto all = owner();
    for (std::size_t i = 0; i < count; ++i)
      who.track(all, "t", "key" + std::to_string(i), "{}");
    world.settle();
  }

  /// Another node ends the topic.
  void end_elsewhere() {
    testing::slot_of(who, "t").leave_input(
        std::make_shared<const replication_input>(
            replication_input{crdt::topic_ended{"t"}}));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(topic_end_tests, ending_node)

BOOST_AUTO_TEST_CASE(the_shard_ends_a_topic_that_another_node_ended) {
  fill(1'000);
  end_elsewhere();
  BOOST_TEST(who.count("t").presences == 1'000u); // Not in this thread.
  world.settle();
  BOOST_TEST(who.count("t").presences == 0u);
  BOOST_TEST(who.stats().owners == 0u);
}

BOOST_AUTO_TEST_CASE(a_shard_that_crashes_does_not_forget_it) {
  fill(1'000);
  end_elsewhere();
  caf::anon_send_exit(testing::shard_of(who, "t"), caf::exit_reason::kill);
  world.settle();
  BOOST_TEST(who.stats().shard_restarts == 1u);
  BOOST_TEST(who.count("t").presences == 0u);
}

BOOST_AUTO_TEST_CASE(a_closed_shard_ends_no_topic) {
  fill(10);
  testing::slot_of(who, "t").close();
  end_elsewhere();
  world.settle();
  BOOST_TEST(who.count("t").presences == 10u);
  BOOST_TEST(!!who.end_topic("t"));
  BOOST_TEST(who.count("t").presences == 10u);
}

// What it has would linger else.
BOOST_AUTO_TEST_CASE(what_an_owner_in_its_last_moments_has_ends_as_well) {
  auto last = world.system().spawn(test::obedient);
  who.track(last, "t", "ann", "{}", {.linger_ms = 60'000});
  world.settle();
  bool is_called = false;
  caf::actor_cast<caf::abstract_actor*>(last)->attach_functor(
      [&](const caf::error&) {
        is_called = true;
        BOOST_TEST(!who.end_topic("t"));
      });
  destroy(last); // Nobody has it any more.
  world.settle();
  BOOST_TEST(is_called);
  BOOST_TEST(who.count("t").presences == 0u);
  BOOST_TEST(who.stats().owners == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
