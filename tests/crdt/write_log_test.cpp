#include "crdt/write_log.hpp"

#include <boost/test/unit_test.hpp>

using rollcall::crdt::write_log;
using seqs = std::vector<std::uint64_t>;

BOOST_AUTO_TEST_SUITE(write_log_tests)

BOOST_AUTO_TEST_CASE(a_log_names_the_dots_that_died_since_a_write) {
  write_log log{10};
  log.add(5, 1);
  log.add(7, 6);
  log.add(9, 2);
  BOOST_TEST(log.died(0, 100) == (seqs{1, 6, 2}));
  BOOST_TEST(log.died(5, 100) == (seqs{6, 2}));
  BOOST_TEST(log.died(6, 5) == (seqs{2}));
  BOOST_TEST(log.died(9, 100).empty());
}

BOOST_AUTO_TEST_CASE(a_full_log_forgets_its_oldest_death_and_says_so) {
  write_log log{2};
  log.add(5, 1);
  log.add(7, 2);
  BOOST_TEST(log.reaches(0));
  log.add(9, 3);
  BOOST_TEST(!log.reaches(4));
  BOOST_TEST(log.reaches(5));
  BOOST_TEST(log.died(5, 100) == (seqs{2, 3}));
}

BOOST_AUTO_TEST_CASE(a_log_without_room_reaches_only_its_last_death) {
  write_log log{0};
  BOOST_TEST(log.reaches(0));
  log.add(3, 1);
  BOOST_TEST(!log.reaches(2));
  BOOST_TEST(log.reaches(3));
  BOOST_TEST(log.died(3, 100).empty());
}

BOOST_AUTO_TEST_CASE(a_log_that_has_gone_round_many_times_is_exact) {
  constexpr std::uint64_t kept = 37; // No power of two: its room grows to it.
  write_log log{kept};
  for (std::uint64_t by = 1; by <= 500; ++by) {
    log.add(2 * by, by);
    const auto oldest = by > kept ? by - kept + 1 : 1;
    BOOST_REQUIRE(log.reaches(2 * (oldest - 1)));
    BOOST_REQUIRE(oldest == 1 || !log.reaches(2 * (oldest - 1) - 1));
    seqs expected;
    for (auto dot = oldest; dot <= by; ++dot)
      expected.push_back(dot);
    BOOST_REQUIRE(log.died(2 * (oldest - 1), by) == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_reset_log_starts_at_a_write) {
  write_log log{10};
  log.add(3, 1);
  log.reset(8);
  BOOST_TEST(!log.reaches(7));
  BOOST_TEST(log.reaches(8));
  BOOST_TEST(log.died(8, 100).empty());
}

BOOST_AUTO_TEST_SUITE_END()
