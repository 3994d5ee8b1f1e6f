#include "crdt/replication/write_times.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace std::chrono_literals;
using rollcall::crdt::tick_time;
using rollcall::crdt::write_times;

namespace {

/// The writes 1, 2 and 3 at these times.
write_times noted(tick_time first, tick_time second, tick_time third) {
  write_times result;
  result.note(1, first);
  result.note(2, second);
  result.note(3, third);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(write_times_tests)

BOOST_AUTO_TEST_CASE(who_has_all_lacks_nothing) {
  write_times times;
  BOOST_TEST((times.age_after(0, 5s) == 0s));
  times.note(3, 1s);
  BOOST_TEST((times.age_after(3, 5s) == 0s));
}

BOOST_AUTO_TEST_CASE(the_age_is_that_of_the_oldest_write_that_is_lacking) {
  auto times = noted(1s, 2s, 3s);
  BOOST_TEST((times.age_after(0, 5s) == 4s));
  BOOST_TEST((times.age_after(1, 5s) == 3s));
  BOOST_TEST((times.age_after(2, 5s) == 2s));
}

BOOST_AUTO_TEST_CASE(writes_of_one_step_are_as_old_as_the_first_of_them) {
  auto times = noted(1000ms, 1005ms, 2000ms);
  BOOST_TEST((times.age_after(1, 2100ms) == 1100ms));
  BOOST_TEST((times.age_after(2, 2100ms) == 100ms));
  BOOST_TEST((times.age_after(3, 2100ms) == 0ms));
}

BOOST_AUTO_TEST_CASE(a_new_life_forgets_the_writes_of_the_last) {
  write_times times;
  times.note(100, 1s);
  times.note(1, 2s);
  BOOST_TEST((times.age_after(0, 3s) == 1s));
  BOOST_TEST((times.age_after(1, 3s) == 0s));
}

BOOST_AUTO_TEST_CASE(
    ten_minutes_of_steady_writes_have_ages_right_within_a_step) {
  write_times times;
  const auto time_of = [](std::uint64_t seq) { return seq * 7ms; };
  std::uint64_t last = 0;
  while (time_of(last + 1) <= 590s)
    times.note(last + 1, time_of(last + 1)), ++last;
  const tick_time now = time_of(last);
  for (std::uint64_t known = 0; known < last; known += 11) {
    const tick_time age = times.age_after(known, now);
    const tick_time exact = now - time_of(known + 1);
    const tick_time step
        = exact < 5s ? write_times::fine_step : write_times::coarse_step;
    BOOST_TEST_REQUIRE((age >= exact));
    BOOST_TEST_REQUIRE((age <= exact + step));
  }
}

BOOST_AUTO_TEST_CASE(what_is_older_than_ten_minutes_counts_as_ten) {
  write_times times;
  for (int second = 1; second <= 3600; ++second)
    times.note(static_cast<std::uint64_t>(second),
               std::chrono::seconds{second});
  BOOST_TEST((times.age_after(0, 3600s) >= 590s));
}

BOOST_AUTO_TEST_SUITE_END()
