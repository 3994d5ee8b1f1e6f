#include "app/examples/arena/seat.hpp"

#include <boost/test/unit_test.hpp>

namespace arena {

namespace {

/// Two seats of one match, whose players see each other when they are told.
struct one_match {
  seat ann{"match:1", "bob", true};
  seat bob{"match:1", "ann", false};

  void meet() {
    ann.see(bob.own());
    bob.see(ann.own());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(seat_tests, one_match)

BOOST_AUTO_TEST_CASE(nobody_moves_before_the_opponent_is_seen) {
  BOOST_TEST((ann.take(1) == seat::take_result::not_begun));
  meet();
  BOOST_TEST((ann.take(1) == seat::take_result::taken));
}

BOOST_AUTO_TEST_CASE(only_the_player_whose_turn_it_is_may_take) {
  meet();
  BOOST_TEST((bob.take(1) == seat::take_result::not_your_turn));
  BOOST_TEST((ann.take(4) == seat::take_result::not_allowed));
  BOOST_TEST((ann.take(3) == seat::take_result::taken));
  BOOST_TEST((ann.take(3) == seat::take_result::not_your_turn));
  BOOST_TEST(ann.now().stones == 18);
}

BOOST_AUTO_TEST_CASE(a_move_is_known_to_the_opponent_once_it_is_seen) {
  meet();
  ann.take(2);
  BOOST_TEST(bob.now().stones == stones_at_start);
  BOOST_TEST(bob.see(ann.own()) == 1u);
  BOOST_TEST(bob.latest_of_opponent() == 2);
  BOOST_TEST(bob.is_own_turn());
}

BOOST_AUTO_TEST_CASE(what_was_seen_before_is_no_news) {
  meet();
  const auto before = ann.own();
  ann.take(2);
  bob.see(ann.own());
  BOOST_TEST(bob.see(ann.own()) == 0u);
  BOOST_TEST(bob.see(before) == 0u);
  BOOST_TEST(bob.now().stones == 19);
}

BOOST_AUTO_TEST_CASE(one_wins_and_the_other_loses) {
  meet();
  for (int turn = 0; turn < 7; ++turn) {
    auto& mover = turn % 2 == 0 ? ann : bob;
    BOOST_TEST((mover.take(3) == seat::take_result::taken));
    meet();
  }
  BOOST_TEST(ann.is_won());
  BOOST_TEST(bob.is_lost());
  BOOST_TEST(!ann.is_own_turn());
  BOOST_TEST(!bob.is_own_turn());
  BOOST_TEST((bob.take(1) == seat::take_result::not_your_turn));
}

BOOST_AUTO_TEST_CASE(the_loser_does_not_know_before_the_last_move_is_seen) {
  meet();
  for (int turn = 0; turn < 6; ++turn) {
    (turn % 2 == 0 ? ann : bob).take(3);
    meet();
  }
  ann.take(3);
  BOOST_TEST(ann.is_won());
  BOOST_TEST(!bob.is_lost());
  bob.see(ann.own());
  BOOST_TEST(bob.is_lost());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace arena
