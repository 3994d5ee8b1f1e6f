#include "tests/actors/one_node.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::literals;
using namespace rollcall;
using test::texts;

namespace {

caf::behavior reason_reader(caf::event_based_actor*,
                            std::shared_ptr<texts> out) {
  return {
      [](const topic_snapshot_ptr&) {},
      [out](const diff_ptr& change) {
        BOOST_TEST(change->leave_reasons.size() == change->leaves.size());
        for (const auto why : change->leave_reasons)
          out->emplace_back(to_string(why));
      },
  };
}

/// A node, a lingering presence in "room", and the reasons of all leaves.
struct one_leaving : rollcall::test::one_node {
  one_leaving() {
    alice = owner();
    track(alice, "room", "alice", "{}", {.linger_ms = 1000});
    actors.push_back(world.system().spawn(reason_reader, told_reasons));
    BOOST_TEST(!who.subscribe(actors.back(), "room"));
    world.settle();
  }

  void end(const caf::actor& owner, caf::error why) {
    caf::anon_send(owner, caf::exit_msg{owner->address(), std::move(why)});
    world.settle();
  }

  caf::actor alice;
  std::shared_ptr<texts> told_reasons = std::make_shared<texts>();
};

} // namespace

#define EXPECT_REASONS(...) CHECK_TEXTS(*told_reasons, __VA_ARGS__)

BOOST_FIXTURE_TEST_SUITE(leave_reason_tests, one_leaving)

BOOST_AUTO_TEST_CASE(what_is_untracked_has_left) {
  untrack(alice, "room", "alice");
  EXPECT_REASONS("left");
}

BOOST_AUTO_TEST_CASE(what_an_owner_had_that_ended_in_good_order_has_left) {
  in(alice, [](caf::event_based_actor* self) { self->quit(); });
  EXPECT_REASONS("left");
}

BOOST_AUTO_TEST_CASE(what_an_owner_had_that_crashed_is_lost_after_its_linger) {
  track(alice, "room", "at once");
  kill(alice);
  EXPECT_REASONS("lost");
  world.advance(1s);
  EXPECT_REASONS("lost", "lost");
}

BOOST_AUTO_TEST_CASE(who_is_kicked_does_not_linger) {
  end(alice, make_error(ec::kicked));
  EXPECT_REASONS("kicked");
  BOOST_TEST(who.list("room").empty());
}

BOOST_AUTO_TEST_CASE(an_update_is_no_end) {
  update(alice, "room", "alice", R"({"v":2})"s);
  EXPECT_REASONS("updated");
}

BOOST_AUTO_TEST_CASE(who_takes_the_place_of_one_that_lingers_goes_on_with_it) {
  kill(alice);
  track(owner(), "room", "alice");
  EXPECT_REASONS("updated");
}

BOOST_AUTO_TEST_SUITE_END()
