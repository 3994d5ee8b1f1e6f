#include "guide/testing.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace guide::testing;

BOOST_AUTO_TEST_SUITE(guide_testing_tests)

BOOST_AUTO_TEST_CASE(a_killed_player_lingers_for_five_seconds) {
  BOOST_TEST(keys_after(4s) == 1u);
  BOOST_TEST(keys_after(6s) == 0u);
}

BOOST_AUTO_TEST_CASE(a_leave_comes_when_the_window_has_passed) {
  BOOST_TEST(
      what_a_subscriber_hears()
          == (transcript{"state of 0", "+ann", "the window passes", "-ann"}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_cut_looks_as_the_page_says) {
  BOOST_TEST(what_a_cut_looks_like()
                 == (transcript{"joined after 0 s", "not left after 60 s",
                                "left after 2 s", "joined after 0 s",
                                "left after 2 s", "whole after 2 s"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
