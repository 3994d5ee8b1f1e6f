#include "tests/crdt/one_member.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace rollcall::crdt;
using namespace rollcall::crdt::test_members;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(membership_tests, one_member)

BOOST_AUTO_TEST_CASE(who_is_heard_is_up_once) {
  BOOST_TEST((hear(heartbeat_of(b1, 1)) == kinds{up}));
  BOOST_TEST((hear(heartbeat_of(b1, 2)) == kinds{}));
  BOOST_TEST(here.peer("b", now)->is_direct);
}

BOOST_AUTO_TEST_CASE(a_peer_that_makes_nodes_up_fills_no_memory) {
  hear(heartbeat_of(b1, 1));
  std::vector<liveness_report> others;
  std::vector<node_incarnation> departed;
  for (std::size_t i = 0; i < 2 * membership::nodes_max; ++i) {
    others.push_back({{"x" + std::to_string(i), 1}, 1, true, {}, {}});
    departed.push_back({"y" + std::to_string(i), 1});
  }
  hear(heartbeat_of(b1, 2, others, departed));
  BOOST_TEST(here.peers(now).size() == membership::nodes_max);
  BOOST_TEST(told().departed.size() == membership::nodes_max);
  BOOST_TEST(is_up("b"));
}

BOOST_AUTO_TEST_CASE(who_is_silent_for_two_seconds_is_down_and_not_before) {
  hear(heartbeat_of(b1, 1));
  BOOST_TEST(pass(2000ms).empty());
  BOOST_TEST((pass(200ms) == std::vector<node_event>{{down, b1}}));
  BOOST_TEST(pass(10s).empty());
}

BOOST_AUTO_TEST_CASE(who_is_silent_for_long_is_forgotten) {
  hear(heartbeat_of(b1, 1));
  pass(599s);
  BOOST_TEST(here.peer("b", now).has_value());
  BOOST_TEST((kinds_of(pass(2s)) == kinds{gone}));
  BOOST_TEST(here.peers(now).empty());
}

BOOST_AUTO_TEST_CASE(who_is_heard_again_is_up_again) {
  hear(heartbeat_of(b1, 1));
  pass(3s);
  BOOST_TEST((hear(heartbeat_of(b1, 2)) == kinds{up}));
}

BOOST_AUTO_TEST_CASE(a_node_that_others_hear_stays_up) {
  hear(heartbeat_of(b1, 1));
  for (std::uint64_t i = 1; i < 100; ++i) {
    hear(heartbeat_of(c1, i, {{b1, i, true, {}, {}}}));
    BOOST_TEST(pass(200ms).empty());
  }
  BOOST_TEST(is_up("b"));
  BOOST_TEST(!here.peer("b", now)->is_direct);
}

BOOST_AUTO_TEST_CASE(what_is_told_again_keeps_nobody_up) {
  hear(heartbeat_of(b1, 7));
  kinds all;
  for (std::uint64_t i = 1; i < 20; ++i) {
    hear(heartbeat_of(c1, i, {{b1, 7, true, {}, {}}}));
    for (const auto kind : kinds_of(pass(200ms)))
      all.push_back(kind);
  }
  BOOST_TEST((all == kinds{down}));
}

BOOST_AUTO_TEST_CASE(one_late_rumour_does_not_bring_a_silent_node_back) {
  hear(heartbeat_of(b1, 7));
  pass(3s);
  BOOST_TEST((hear(heartbeat_of(c1, 1, {{b1, 8, true, {}, {}}})) == kinds{up}));
  BOOST_TEST((hear(heartbeat_of(c1, 2, {{b1, 9, true, {}, {}}})) == kinds{up}));
}

// A node that was stopped for ten minutes still believes who was there then.
BOOST_AUTO_TEST_CASE(a_stale_rumour_does_not_raise_the_forgotten) {
  hear(heartbeat_of(c1, 1));
  for (std::uint64_t i = 2; i < 20; ++i) {
    BOOST_TEST((hear(heartbeat_of(c1, i, {{b1, 7, true, {}, {}}})) == kinds{}));
    pass(200ms);
  }
  BOOST_TEST(!is_up("b"));
}

BOOST_AUTO_TEST_CASE(a_node_known_by_word_only_is_up_when_it_goes_on) {
  hear(heartbeat_of(c1, 1, {{b1, 7, true, "b:1", {}}}));
  BOOST_TEST(here.peer("b", now)->address == "b:1");
  BOOST_TEST((hear(heartbeat_of(c1, 3, {{b1, 9, true, {}, {}}})) == kinds{up}));
}

BOOST_AUTO_TEST_CASE(a_node_that_speaks_after_a_rumour_of_it_is_up_at_once) {
  hear(heartbeat_of(c1, 1, {{b1, 7, true, {}, {}}}));
  BOOST_TEST((hear(heartbeat_of(b1, 7)) == kinds{up}));
}

BOOST_AUTO_TEST_CASE(the_own_pause_is_forgiven) {
  hear(heartbeat_of(b1, 1));
  pass(200ms);
  now += 60s;
  BOOST_TEST(here.tick(now).empty());
  BOOST_TEST(is_up("b"));
  BOOST_TEST((kinds_of(pass(2400ms)) == kinds{down}));
}

// The heartbeats that had waited came before the timer, and then the pause was
// added to a sign of just now: the peer could be silent for a minute.
BOOST_AUTO_TEST_CASE(a_peer_that_dies_after_the_own_pause_is_down_in_time) {
  hear(heartbeat_of(b1, 1));
  pass(200ms);
  now += 60s;
  hear(heartbeat_of(b1, 2));
  BOOST_TEST(here.tick(now).empty());
  BOOST_TEST((kinds_of(pass(2400ms)) == kinds{down}));
}

BOOST_AUTO_TEST_CASE(a_later_life_replaces_an_earlier_one) {
  hear(heartbeat_of(b1, 100));
  const std::vector<node_event> expected{{gone, b1}, {up, b2}};
  BOOST_TEST((here.receive(heartbeat_of(b2, 1), now) == expected));
}

BOOST_AUTO_TEST_CASE(rumours_of_an_earlier_life_are_ignored) {
  hear(heartbeat_of(b2, 1));
  BOOST_TEST(
      (hear(heartbeat_of(c1, 1, {{b1, 100, true, {}, {}}})) == kinds{up}));
  BOOST_TEST((hear(heartbeat_of(b1, 101)) == kinds{}));
  BOOST_TEST((here.peer("b", now)->who == b2));
}

BOOST_AUTO_TEST_CASE(a_lost_line_takes_nobody_down) {
  hear(heartbeat_of(b1, 1));
  here.lose_connection("b");
  BOOST_TEST(is_up("b"));
  BOOST_TEST(!here.peer("b", now)->is_direct);
}

// -- leaving ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(who_leaves_is_gone_at_once) {
  hear(heartbeat_of(b1, 1));
  BOOST_TEST((kinds_of(here.leave(b1, now)) == kinds{gone}));
  BOOST_TEST((kinds_of(here.leave(b1, now)) == kinds{}));
}

BOOST_AUTO_TEST_CASE(rumours_of_the_departed_are_ignored) {
  hear(heartbeat_of(b1, 1));
  static_cast<void>(here.leave(b1, now));
  hear(heartbeat_of(c1, 1, {{b1, 5, true, {}, {}}}));
  BOOST_TEST((hear(heartbeat_of(b1, 6)) == kinds{}));
  BOOST_TEST(!here.peer("b", now).has_value());
}

BOOST_AUTO_TEST_CASE(others_are_told_who_left) {
  hear(heartbeat_of(b1, 1));
  static_cast<void>(here.leave(b1, now));
  BOOST_TEST((told().departed == std::vector<node_incarnation>{b1}));
  membership other{{"d", 1}, {}, {}};
  static_cast<void>(other.receive(heartbeat_of(b1, 1), now));
  BOOST_TEST((kinds_of(other.receive(told(), now)) == kinds{up, gone}));
}

BOOST_AUTO_TEST_CASE(who_left_is_not_told_of_for_ever) {
  static_cast<void>(here.leave(b1, now));
  pass(5s);
  BOOST_TEST(told().departed.empty());
}

BOOST_AUTO_TEST_CASE(who_left_may_come_in_a_later_incarnation) {
  hear(heartbeat_of(b1, 1));
  static_cast<void>(here.leave(b1, now));
  BOOST_TEST((hear(heartbeat_of(b2, 1)) == kinds{up}));
}

// -- identity -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_later_life_of_this_node_is_a_conflict) {
  const auto events
      = here.receive(heartbeat_of(b1, 1, {{{"a", 6}, 1, true, {}, {}}}), now);
  BOOST_TEST((kinds_of(events) == kinds{up, conflict}));
  BOOST_TEST(events[1].who.incarnation == 6u);
}

BOOST_AUTO_TEST_CASE(an_earlier_life_of_this_node_is_none) {
  BOOST_TEST(
      (hear(heartbeat_of(b1, 1, {{{"a", 4}, 99, true, {}, {}}})) == kinds{up}));
}

BOOST_AUTO_TEST_CASE(more_of_this_life_than_there_was_is_a_conflict) {
  pass(1s);
  BOOST_TEST(
      (hear(heartbeat_of(b1, 1, {{{"a", 5}, 5, true, {}, {}}})) == kinds{up}));
  BOOST_TEST((hear(heartbeat_of(b1, 2, {{{"a", 5}, 6, true, {}, {}}}))
              == kinds{conflict}));
}

// A node that left, came back with a clock behind, and was ignored by all.
BOOST_AUTO_TEST_CASE(a_later_life_that_left_is_a_conflict) {
  BOOST_TEST(
      (hear(heartbeat_of(b1, 1, {}, {{"a", 6}})) == kinds{up, conflict}));
  here.reincarnate(7);
  BOOST_TEST((hear(heartbeat_of(b1, 2, {}, {{"a", 6}})) == kinds{}));
}

// Else it would be back in a later incarnation while its last words go out.
BOOST_AUTO_TEST_CASE(a_node_that_is_leaving_is_not_in_conflict_with_itself) {
  BOOST_TEST((hear(heartbeat_of(b1, 1, {}, {{"a", 5}})) == kinds{up}));
}

BOOST_AUTO_TEST_CASE(a_node_that_goes_on_to_be_told_that_it_left_outgrows_it) {
  hear(heartbeat_of(b1, 1, {}, {{"a", 5}}));
  pass(2s);
  BOOST_TEST((hear(heartbeat_of(b1, 2, {}, {{"a", 5}})) == kinds{}));
  pass(200ms);
  BOOST_TEST((hear(heartbeat_of(b1, 3, {}, {{"a", 5}})) == kinds{conflict}));
}

// A late heartbeat of the earlier incarnation met a first rumour of the later
// one.
BOOST_AUTO_TEST_CASE(a_later_life_that_is_only_rumoured_yet_is_not_over) {
  hear(heartbeat_of(c1, 1, {{b2, 7, true, {}, {}}}));
  BOOST_TEST((hear(heartbeat_of(b1, 100)) == kinds{}));
  BOOST_TEST((hear(heartbeat_of(b2, 8)) == kinds{up}));
}

BOOST_AUTO_TEST_CASE(a_life_that_began_with_a_clock_behind_is_told_so) {
  hear(heartbeat_of(b2, 1));
  pass(3s);
  BOOST_TEST((hear(heartbeat_of(b1, 1)) == kinds{gone}));
  BOOST_TEST((told().departed == std::vector<node_incarnation>{b2}));
}

BOOST_AUTO_TEST_CASE(one_who_left_and_comes_in_an_earlier_life_is_told_so) {
  static_cast<void>(here.leave(b2, now));
  pass(60s);
  hear(heartbeat_of(b1, 1));
  BOOST_TEST((told().departed == std::vector<node_incarnation>{b2}));
}

BOOST_AUTO_TEST_CASE(an_own_heartbeat_that_comes_back_is_no_sign_of_anybody) {
  BOOST_TEST((hear(heartbeat_of({"a", 9}, 1)) == kinds{}));
  BOOST_TEST(here.peers(now).empty());
}

BOOST_AUTO_TEST_CASE(a_thousand_lives_of_one_node_are_one_record) {
  for (std::uint64_t incarnation = 1; incarnation <= 1000; ++incarnation)
    hear(heartbeat_of({"b", incarnation}, 1));
  BOOST_TEST(here.peers(now).size() == 1u);
  BOOST_TEST(told().others.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
