#include "crdt/write_log.hpp"

#include <boost/test/unit_test.hpp>

using rollcall::leave_reason;
using rollcall::crdt::removed_dot;
using rollcall::crdt::write_log;
using dots = std::vector<removed_dot>;

namespace {

leave_reason reason_of(std::uint64_t dot) {
  return dot % 3 == 0 ? leave_reason::lost : leave_reason::left;
}

} // namespace

BOOST_AUTO_TEST_SUITE(write_log_tests)

BOOST_AUTO_TEST_CASE(a_log_names_the_dots_that_died_since_a_write) {
  write_log log{10};
  log.add(5, 1, leave_reason::left);
  log.add(7, 6, leave_reason::kicked);
  log.add(9, 2, leave_reason::left);
  BOOST_TEST((log.died(0, 100) == dots{2, {6, leave_reason::kicked}, 1}));
  BOOST_TEST((log.died(5, 100) == dots{2, {6, leave_reason::kicked}}));
  BOOST_TEST((log.died(6, 5) == dots{2}));
  BOOST_TEST(log.died(9, 100).empty());
}

// Writes 2 and 3 update the presence that write 1 made, 4 ends it.
BOOST_AUTO_TEST_CASE(
    all_versions_of_a_presence_died_for_the_reason_of_the_last) {
  write_log log{10};
  log.add(2, 1, leave_reason::updated);
  log.add(3, 2, leave_reason::updated);
  BOOST_TEST((log.died(0, 1) == dots{1}));
  log.add(4, 3, leave_reason::lost);
  BOOST_TEST((log.died(0, 1) == dots{{1, leave_reason::lost}}));
  BOOST_TEST((log.died(2, 2) == dots{{2, leave_reason::lost}}));
}

BOOST_AUTO_TEST_CASE(a_full_log_forgets_its_oldest_death_and_says_so) {
  write_log log{2};
  log.add(5, 1, leave_reason::left);
  log.add(7, 2, leave_reason::left);
  BOOST_TEST(log.reaches(0));
  log.add(9, 3, leave_reason::left);
  BOOST_TEST(!log.reaches(4));
  BOOST_TEST(log.reaches(5));
  BOOST_TEST((log.died(5, 100) == dots{3, 2}));
}

BOOST_AUTO_TEST_CASE(a_log_without_room_reaches_only_its_last_death) {
  write_log log{0};
  BOOST_TEST(log.reaches(0));
  log.add(3, 1, leave_reason::left);
  BOOST_TEST(!log.reaches(2));
  BOOST_TEST(log.reaches(3));
  BOOST_TEST(log.died(3, 100).empty());
}

BOOST_AUTO_TEST_CASE(a_log_that_has_gone_round_many_times_is_exact) {
  constexpr std::uint64_t kept = 37; // No power of two: its room grows to it.
  write_log log{kept};
  for (std::uint64_t by = 1; by <= 500; ++by) {
    log.add(2 * by, by, reason_of(by));
    const auto oldest = by > kept ? by - kept + 1 : 1;
    BOOST_REQUIRE(log.reaches(2 * (oldest - 1)));
    BOOST_REQUIRE(oldest == 1 || !log.reaches(2 * (oldest - 1) - 1));
    dots expected;
    for (auto dot = by; dot >= oldest; --dot)
      expected.emplace_back(dot, reason_of(dot));
    BOOST_REQUIRE(log.died(2 * (oldest - 1), by) == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_reset_log_starts_at_a_write) {
  write_log log{10};
  log.add(3, 1, leave_reason::left);
  log.reset(8);
  BOOST_TEST(!log.reaches(7));
  BOOST_TEST(log.reaches(8));
  BOOST_TEST(log.died(8, 100).empty());
}

BOOST_AUTO_TEST_SUITE_END()
