#include "crdt/replication/write_times.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace std::chrono_literals;
using rollcall::crdt::tick_time;
using rollcall::crdt::write_times;

BOOST_AUTO_TEST_SUITE(write_times_tests)

BOOST_AUTO_TEST_CASE(who_has_all_lacks_nothing) {
  write_times times;
  BOOST_TEST((times.age_after(0, 5s) == 0s));
  times.note(3, 1s);
  BOOST_TEST((times.age_after(3, 5s) == 0s));
}

BOOST_AUTO_TEST_CASE(the_age_is_that_of_the_oldest_write_that_is_lacking) {
  write_times times;
  times.note(1, 1s);
  times.note(2, 2s);
  times.note(3, 3s);
  BOOST_TEST((times.age_after(0, 5s) == 4s));
  BOOST_TEST((times.age_after(1, 5s) == 3s));
  BOOST_TEST((times.age_after(2, 5s) == 2s));
}

BOOST_AUTO_TEST_CASE(a_write_right_after_a_sample_is_as_old_as_that) {
  write_times times;
  times.note(1, 1000ms);
  times.note(2, 1005ms);
  BOOST_TEST((times.age_after(1, 1100ms) == 100ms));
  BOOST_TEST((times.age_after(2, 1100ms) == 0ms));
}

BOOST_AUTO_TEST_CASE(a_new_life_forgets_the_writes_of_the_last) {
  write_times times;
  times.note(100, 1s);
  times.note(1, 2s);
  BOOST_TEST((times.age_after(0, 3s) == 1s));
  BOOST_TEST((times.age_after(1, 3s) == 0s));
}

BOOST_AUTO_TEST_CASE(an_hour_of_writes_is_remembered_coarsely_and_never_younger) {
  write_times times;
  for (int second = 1; second <= 3600; ++second)
    times.note(static_cast<std::uint64_t>(second), std::chrono::seconds{second});
  for (int known = 0; known < 3600; known += 7) {
    const tick_time age = times.age_after(static_cast<std::uint64_t>(known), 3600s);
    const tick_time exact = std::chrono::seconds{3600 - known - 1};
    BOOST_TEST((age >= exact));
    BOOST_TEST((age <= exact + 64s));
  }
}

BOOST_AUTO_TEST_SUITE_END()
