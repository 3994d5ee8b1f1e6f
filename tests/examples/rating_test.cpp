#include "app/examples/arena/rating.hpp"

#include <boost/test/unit_test.hpp>

namespace arena {

BOOST_AUTO_TEST_SUITE(rating_tests)

BOOST_AUTO_TEST_CASE(among_equals_the_winner_gains_half) {
  BOOST_TEST(rating_gain(1000, 1000) == 16);
}

BOOST_AUTO_TEST_CASE(to_beat_a_stronger_player_gains_more) {
  BOOST_TEST(rating_gain(1000, 1400) == 29);
  BOOST_TEST(rating_gain(1400, 1000) == 3);
}

BOOST_AUTO_TEST_CASE(a_win_always_gains_something) {
  BOOST_TEST(rating_gain(5000, 0) == 1);
  BOOST_TEST(rating_gain(0, 5000) == 32);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace arena
