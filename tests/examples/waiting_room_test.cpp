#include "app/examples/arena/waiting_room.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <ostream>
#include <set>
#include <vector>

namespace arena {

using namespace std::chrono_literals;

// Boost.Test finds it beside the type.
std::ostream& operator<<(std::ostream& out, const pairing& pair) {
  return out << pair.first << " and " << pair.second;
}

namespace {

using pairings = std::vector<pairing>;

constexpr tick_time start = 1000s;

struct one_room {
  waiting_room room;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(waiting_room_tests, one_room)

BOOST_AUTO_TEST_CASE(who_is_alone_waits) {
  BOOST_TEST(room.pair_up(start).empty());
  room.add("ann", 1000, start);
  BOOST_TEST(room.pair_up(start).empty());
}

BOOST_AUTO_TEST_CASE(two_who_suit_each_other_meet_and_the_weaker_begins) {
  room.add("ann", 1050, start);
  room.add("bob", 1000, start);
  BOOST_TEST(room.pair_up(start) == (pairings{{"bob", "ann"}}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(among_equals_the_first_name_begins) {
  room.add("bob", 1000, start);
  room.add("ann", 1000, start);
  BOOST_TEST(room.pair_up(start) == (pairings{{"ann", "bob"}}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_one_who_waits_longest_gets_the_nearest) {
  room.add("ann", 1000, start);
  room.add("bob", 1040, start + 1s);
  room.add("cat", 1070, start + 2s);
  room.add("dan", 970, start + 3s);
  BOOST_TEST(room.pair_up(start + 4s)
                 == (pairings{{"dan", "ann"}, {"bob", "cat"}}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ratings_far_apart_meet_only_after_a_while) {
  room.add("ann", 1000, start);
  room.add("bob", 1500, start);
  BOOST_TEST(room.pair_up(start).empty());
  BOOST_TEST(room.pair_up(start + 3999ms).empty());
  BOOST_TEST(room.pair_up(start + 4s).size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_gap_grows_up_to_a_minute) {
  BOOST_TEST(rating_gap_max(0s) == 100);
  BOOST_TEST(rating_gap_max(-1s) == 100);
  BOOST_TEST(rating_gap_max(1500ms) == 250);
  BOOST_TEST(rating_gap_max(60s) == 6100);
  BOOST_TEST(rating_gap_max(1h) == 6100);
}

BOOST_AUTO_TEST_CASE(who_was_offered_a_match_is_left_alone_for_a_while) {
  room.add("ann", 1000, start);
  room.add("bob", 1000, start);
  BOOST_TEST(room.pair_up(start).size() == 1u);
  const auto end = start + waiting_room::offer_lasts;
  BOOST_TEST(room.pair_up(end - 1ms).empty());
  BOOST_TEST(room.pair_up(end).size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_plays_and_is_idle_again_waits_anew) {
  room.add("ann", 1000, start);
  room.add("bob", 1000, start);
  BOOST_TEST(room.pair_up(start).size() == 1u);
  room.remove("ann");
  room.remove("bob");
  room.add("ann", 1000, start + 1s);
  room.add("bob", 1000, start + 1s);
  BOOST_TEST(room.pair_up(start + 1s).size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_left_meets_nobody) {
  room.add("ann", 1000, start);
  room.add("bob", 1000, start);
  room.remove("bob");
  room.remove("nobody");
  BOOST_TEST(room.size() == 1u);
  BOOST_TEST(room.pair_up(start).empty());
}

BOOST_AUTO_TEST_CASE(a_changed_rating_keeps_the_place_in_the_queue) {
  room.add("ann", 1000, start);
  room.add("bob", 1700, start);
  room.add("ann", 1300, start + 3s);
  BOOST_TEST(room.pair_up(start + 3s).size() == 1u);
}

BOOST_AUTO_TEST_CASE(nobody_is_in_two_matches_and_an_odd_one_stays) {
  for (int i = 0; i < 101; ++i)
    room.add("player" + std::to_string(i), 1000 + i, start);
  const auto made = room.pair_up(start);
  std::set<std::string> seen;
  for (const auto& pair : made) {
    BOOST_TEST(seen.insert(pair.first).second);
    BOOST_TEST(seen.insert(pair.second).second);
  }
  BOOST_TEST(made.size() == 50u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace arena
