#include "crdt/wake_ups.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <random>
#include <set>

using namespace std::chrono_literals;
using rollcall::crdt::wake_ups;

BOOST_AUTO_TEST_SUITE(wake_ups_tests)

BOOST_AUTO_TEST_CASE(a_timer_that_fires_as_early_serves_for_two) {
  wake_ups timers;
  BOOST_TEST(timers.start(5s));
  BOOST_TEST(!timers.start(5s));
  BOOST_TEST(!timers.start(6s));
  BOOST_TEST(timers.start(4s));
}

BOOST_AUTO_TEST_CASE(one_that_fired_is_started_again_but_not_beside_another) {
  wake_ups timers;
  BOOST_TEST(timers.start(60s));
  BOOST_TEST(timers.start(1s));
  timers.fired(1s);
  BOOST_TEST(!timers.start(60s)); // That one still runs.
  timers.fired(60s);
  BOOST_TEST(timers.start(61s));
}

// Goal: timers that serve random deadlines miss none and do not multiply.
// Method: deadlines come up at random; each firing starts a timer for the next
// deadline, as the actors do it.
BOOST_AUTO_TEST_CASE(no_deadline_is_missed_and_timers_do_not_multiply) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << rollcall::test::seed()) {
    std::mt19937_64 random{rollcall::test::seed()};
    wake_ups timers;
    std::multiset<wake_ups::time> running;
    std::multiset<wake_ups::time> deadlines;
    wake_ups::time now{0};
    std::size_t fired = 0;
    const auto arm = [&] {
      if (!deadlines.empty() && timers.start(*deadlines.begin()))
        running.insert(*deadlines.begin());
    };
    for (int i = 0; i < 10'000; ++i) {
      now += std::chrono::milliseconds{random() % 20};
      while (!running.empty() && *running.begin() <= now) {
        const auto at = *running.begin();
        running.erase(running.begin());
        ++fired;
        timers.fired(at);
        deadlines.erase(deadlines.begin(), deadlines.upper_bound(at));
        arm();
      }
      BOOST_REQUIRE((deadlines.empty() || *deadlines.begin() > now));
      deadlines.insert(now + std::chrono::milliseconds{1 + random() % 4000});
      arm();
    }
    BOOST_TEST(fired <= 2 * 10'000u);
    BOOST_TEST(running.size() <= deadlines.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
