#include "tests/sim/simulated_time.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(simulated_time_tests)

BOOST_AUTO_TEST_CASE(events_happen_in_order_of_time_then_of_planning) {
  rollcall::sim::simulated_time time;
  std::string order;
  time.after(2ms, [&] { order += 'c'; });
  time.after(1ms, [&] {
    order += 'a';
    time.after(0ms, [&] { order += 'b'; });
  });
  time.run_until(5ms);
  BOOST_TEST(order == "abc");
  BOOST_TEST((time.now() == 5ms));
}

BOOST_AUTO_TEST_SUITE_END()
