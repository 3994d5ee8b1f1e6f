#include "text/pattern.hpp"

#include <boost/test/unit_test.hpp>

using namespace rollcall;

BOOST_AUTO_TEST_SUITE(pattern_tests)

BOOST_AUTO_TEST_CASE(a_pattern_stands_for_one_name_or_for_all_that_begin_so) {
  BOOST_TEST(matches_pattern("room", "room"));
  BOOST_TEST(!matches_pattern("room", "room:1"));
  BOOST_TEST(matches_pattern("room:*", "room:1"));
  BOOST_TEST(matches_pattern("room:*", "room:"));
  BOOST_TEST(!matches_pattern("room:*", "roo"));
  BOOST_TEST(matches_pattern("*", "x"));
  BOOST_TEST(!matches_pattern("", "x"));
}

BOOST_AUTO_TEST_CASE(a_star_stands_at_the_end_of_a_pattern_only) {
  BOOST_TEST(is_pattern("room"));
  BOOST_TEST(is_pattern("room:*"));
  BOOST_TEST(!is_pattern("*:room"));
  BOOST_TEST(!is_pattern("room:**"));
}

BOOST_AUTO_TEST_SUITE_END()
