#include "app/gateway/push_turns.hpp"

#include <boost/test/unit_test.hpp>

using rollcall::channels::push_turns;

BOOST_AUTO_TEST_SUITE(push_turns_tests)

BOOST_AUTO_TEST_CASE(channels_have_their_turn_one_at_a_time_in_order) {
  push_turns turns;
  BOOST_TEST(!turns.take());
  turns.want(1, 10);
  turns.want(2, 20);
  turns.want(1, 15); // Keeps its place.
  BOOST_TEST(turns.bytes() == 35u);
  BOOST_TEST(*turns.take() == 1u);
  BOOST_TEST(!turns.take());
  turns.want(1, 5); // It has more.
  BOOST_TEST(turns.bytes() == 40u);
  turns.end();
  BOOST_TEST(*turns.take() == 2u);
  turns.end();
  BOOST_TEST(*turns.take() == 1u);
  turns.end();
  BOOST_TEST(!turns.take());
  BOOST_TEST(turns.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(a_channel_that_went_away_has_no_turn) {
  push_turns turns;
  turns.want(1, 10);
  turns.want(2, 20);
  turns.forget(1);
  turns.forget(3);
  BOOST_TEST(turns.bytes() == 20u);
  BOOST_TEST(*turns.take() == 2u);
  turns.forget(2); // Its turn ends with the message.
  turns.end();
  BOOST_TEST(turns.bytes() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
