// What embedders test with.
#include <rollcall/testing/deterministic_system.hpp>

#include <caf/send.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>

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

} // namespace

BOOST_AUTO_TEST_SUITE(testing_tests)

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
  caf::anon_send_exit(clock, caf::exit_reason::kill);
  world.settle();
}

BOOST_AUTO_TEST_SUITE_END()
