#include <rollcall/testing/deterministic_system.hpp>

#include <caf/send.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <vector>

using namespace std::literals;
using namespace rollcall;

namespace {

/// Counts, ten times, each time 100 ms after the last.
caf::behavior ticking(caf::event_based_actor* self,
                      std::shared_ptr<int> ticks) {
  const auto tick = caf::tick_atom::value;
  self->delayed_send(self, 100ms, tick);
  return {[=](caf::tick_atom) {
    if (++*ticks < 10)
      self->delayed_send(self, 100ms, tick);
  }};
}

caf::behavior idle() {
  return {[] {}};
}

/// Has a child, and has the child's end counted.
caf::behavior parent(caf::event_based_actor* self, std::shared_ptr<int> ended) {
  const auto child = self->spawn(idle);
  child->attach_functor([ended] { ++*ended; });
  return {[child](caf::ok_atom) { return child; }};
}

} // namespace

BOOST_AUTO_TEST_SUITE(deterministic_system_tests)

BOOST_AUTO_TEST_CASE(advance_fires_a_timer_that_another_timer_set) {
  testing::deterministic_system world;
  const auto ticks = std::make_shared<int>(0);
  const auto clock = world.system().spawn(ticking, ticks);
  world.advance(99ms);
  BOOST_TEST(*ticks == 0);
  world.advance(1ms);
  BOOST_TEST(*ticks == 1);
  world.advance(899ms);
  BOOST_TEST(*ticks == 9);
  world.advance(1ms);
  BOOST_TEST(*ticks == 10);
  BOOST_TEST(world.timers() == 0u);
}

BOOST_AUTO_TEST_CASE(the_next_timer_is_told) {
  testing::deterministic_system world;
  const auto clock = world.system().spawn(ticking, std::make_shared<int>(0));
  BOOST_TEST(!world.next_timer().has_value());
  world.settle();
  world.advance(30ms);
  BOOST_TEST((world.next_timer() == 70ms));
}

BOOST_AUTO_TEST_CASE(who_still_lives_at_the_end_is_killed) {
  const auto ended = std::make_shared<int>(0);
  caf::actor one;
  caf::actor other;
  {
    testing::deterministic_system world;
    one = world.system().spawn(parent, ended);
    world.settle();
    BOOST_TEST(*ended == 0);
    other = world.system().spawn(parent, ended); // It never has a turn.
  }
  BOOST_TEST(*ended == 2);
}

BOOST_AUTO_TEST_CASE(actors_that_are_told_to_end_end) {
  testing::deterministic_system world;
  const auto ended = std::make_shared<int>(0);
  std::vector<caf::actor> parents;
  for (int i = 0; i < 1000; ++i)
    parents.push_back(world.system().spawn(parent, ended));
  world.settle();
  BOOST_TEST(*ended == 0);
  world.end_actors();
  BOOST_TEST(*ended == 1000);
}

BOOST_AUTO_TEST_CASE(the_settings_of_the_actor_system_can_be_added_to) {
  testing::deterministic_system world{[](caf::actor_system_config& settings) {
    settings.set("scheduler.max-threads", std::size_t{7});
  }};
  BOOST_TEST(caf::get_or(world.system().config(), "scheduler.max-threads",
                         std::size_t{0})
             == 7u);
}

BOOST_AUTO_TEST_SUITE_END()
