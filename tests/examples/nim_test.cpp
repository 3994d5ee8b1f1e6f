#include "app/examples/arena/nim.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace arena {

using moves = std::vector<int>;

BOOST_AUTO_TEST_SUITE(nim_tests)

BOOST_AUTO_TEST_CASE(a_match_begins_with_all_stones_and_the_first_player) {
  const auto now = replay({}, {});
  BOOST_TEST(now.stones == stones_at_start);
  BOOST_TEST((now.next == side::first));
  BOOST_TEST(!now.is_over());
}

BOOST_AUTO_TEST_CASE(sides_take_in_turn) {
  const auto now = replay(moves{3, 2}, moves{1});
  BOOST_TEST(now.stones == 15);
  BOOST_TEST((now.next == side::second));
}

BOOST_AUTO_TEST_CASE(a_move_before_its_turn_does_not_count_yet) {
  const auto now = replay(moves{}, moves{3});
  BOOST_TEST(now.stones == stones_at_start);
  BOOST_TEST((now.next == side::first));
}

BOOST_AUTO_TEST_CASE(a_move_against_the_rules_ends_what_counts) {
  BOOST_TEST(replay(moves{4, 1}, moves{1}).stones == stones_at_start);
  BOOST_TEST(replay(moves{1, 0, 3}, moves{1, 3}).stones == 19);
  BOOST_TEST(replay(moves{-1}, moves{}).stones == stones_at_start);
}

BOOST_AUTO_TEST_CASE(who_takes_the_last_stone_wins) {
  const auto now = replay(moves{3, 3, 3, 3}, moves{3, 3, 3});
  BOOST_TEST(now.is_over());
  BOOST_TEST((now.winner() == side::first));
}

BOOST_AUTO_TEST_CASE(nobody_takes_more_than_there_is) {
  auto now = replay(moves{3, 3, 3, 2}, moves{3, 3, 3});
  BOOST_TEST(now.stones == 1);
  BOOST_TEST(!now.take(2));
  BOOST_TEST(now.stones == 1);
  BOOST_TEST(now.take(1));
  BOOST_TEST((now.winner() == side::second));
}

BOOST_AUTO_TEST_CASE(nothing_can_be_taken_after_the_end) {
  auto now = replay(moves{3, 3, 3, 3}, moves{3, 3, 3});
  for (int count = 0; count <= take_max; ++count)
    BOOST_TEST(!now.take(count));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace arena
