#include "crdt/replication/membership.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace rollcall::crdt;
using namespace std::chrono_literals;

namespace {

using kinds = std::vector<node_event_kind>;

kinds kinds_of(const std::vector<node_event>& events) {
  kinds result;
  for (const auto& event : events)
    result.push_back(event.kind);
  return result;
}

const node_life b1{"b", 1};
const node_life b2{"b", 2};
const node_life c1{"c", 1};
const node_life d1{"d", 1};

heartbeat beat_of(const node_life& who, std::uint64_t counter,
                  std::vector<liveness_report> others = {},
                  std::vector<node_life> departed = {}) {
  return {who, counter, {}, std::move(others), std::move(departed)};
}

/// Node "a" with the defaults: a heartbeat each 200 ms, down after 2 s.
struct one_member {
  membership here{{"a", 5}, "a:1", {}};
  tick_time now{};

  std::vector<node_event> pass(std::chrono::milliseconds time) {
    std::vector<node_event> all;
    for (const auto end = now + time; now < end;) {
      now += 200ms;
      for (auto& event : here.tick(now))
        all.push_back(event);
    }
    return all;
  }

  kinds hear(const heartbeat& message) {
    return kinds_of(here.receive(message, now));
  }

  bool is_up(const std::string& name) {
    const auto view = here.peer(name, now);
    return view && view->is_up;
  }
};

constexpr auto up = node_event_kind::up;
constexpr auto down = node_event_kind::down;
constexpr auto gone = node_event_kind::gone;
constexpr auto conflict = node_event_kind::conflict;

} // namespace

BOOST_FIXTURE_TEST_SUITE(membership_tests, one_member)

BOOST_AUTO_TEST_CASE(who_is_heard_is_up_once) {
  BOOST_TEST((hear(beat_of(b1, 1)) == kinds{up}));
  BOOST_TEST((hear(beat_of(b1, 2)) == kinds{}));
  BOOST_TEST(here.peer("b", now)->is_direct);
}

BOOST_AUTO_TEST_CASE(a_peer_that_makes_nodes_up_fills_no_memory) {
  hear(beat_of(b1, 1));
  std::vector<liveness_report> others;
  std::vector<node_life> departed;
  for (std::size_t i = 0; i < 2 * membership::nodes_max; ++i) {
    others.push_back({{"x" + std::to_string(i), 1}, 1, true, {}});
    departed.push_back({"y" + std::to_string(i), 1});
  }
  hear(beat_of(b1, 2, others, departed));
  BOOST_TEST(here.peers(now).size() == membership::nodes_max);
  BOOST_TEST(here.beat(now).departed.size() == membership::nodes_max);
  BOOST_TEST(is_up("b"));
}

BOOST_AUTO_TEST_CASE(who_is_silent_for_two_seconds_is_down_and_not_before) {
  hear(beat_of(b1, 1));
  BOOST_TEST(pass(2000ms).empty());
  BOOST_TEST((pass(200ms) == std::vector<node_event>{{down, b1}}));
  BOOST_TEST(pass(10s).empty());
}

BOOST_AUTO_TEST_CASE(who_is_silent_for_long_is_forgotten) {
  hear(beat_of(b1, 1));
  pass(599s);
  BOOST_TEST(here.peer("b", now).has_value());
  BOOST_TEST((kinds_of(pass(2s)) == kinds{gone}));
  BOOST_TEST(here.peers(now).empty());
}

BOOST_AUTO_TEST_CASE(who_is_heard_again_is_up_again) {
  hear(beat_of(b1, 1));
  pass(3s);
  BOOST_TEST((hear(beat_of(b1, 2)) == kinds{up}));
}

BOOST_AUTO_TEST_CASE(a_node_that_others_hear_stays_up) {
  hear(beat_of(b1, 1));
  for (std::uint64_t i = 1; i < 100; ++i) {
    hear(beat_of(c1, i, {{b1, i, true, {}}}));
    BOOST_TEST(pass(200ms).empty());
  }
  BOOST_TEST(is_up("b"));
  BOOST_TEST(!here.peer("b", now)->is_direct);
}

BOOST_AUTO_TEST_CASE(what_is_told_again_keeps_nobody_up) {
  hear(beat_of(b1, 7));
  kinds all;
  for (std::uint64_t i = 1; i < 20; ++i) {
    hear(beat_of(c1, i, {{b1, 7, true, {}}}));
    for (const auto kind : kinds_of(pass(200ms)))
      all.push_back(kind);
  }
  BOOST_TEST((all == kinds{down}));
}

BOOST_AUTO_TEST_CASE(one_late_rumour_does_not_bring_a_silent_node_back) {
  hear(beat_of(b1, 7));
  pass(3s);
  BOOST_TEST((hear(beat_of(c1, 1, {{b1, 8, true, {}}})) == kinds{up}));
  BOOST_TEST((hear(beat_of(c1, 2, {{b1, 9, true, {}}})) == kinds{up}));
}

// A node that was stopped for ten minutes still believes who was there then.
BOOST_AUTO_TEST_CASE(a_stale_rumour_does_not_raise_the_forgotten) {
  hear(beat_of(c1, 1));
  for (std::uint64_t i = 2; i < 20; ++i) {
    BOOST_TEST((hear(beat_of(c1, i, {{b1, 7, true, {}}})) == kinds{}));
    pass(200ms);
  }
  BOOST_TEST(!is_up("b"));
}

BOOST_AUTO_TEST_CASE(a_node_known_by_word_only_is_up_when_it_goes_on) {
  hear(beat_of(c1, 1, {{b1, 7, true, "b:1"}}));
  BOOST_TEST(here.peer("b", now)->address == "b:1");
  BOOST_TEST((hear(beat_of(c1, 3, {{b1, 9, true, {}}})) == kinds{up}));
}

BOOST_AUTO_TEST_CASE(a_node_that_speaks_after_a_rumour_of_it_is_up_at_once) {
  hear(beat_of(c1, 1, {{b1, 7, true, {}}}));
  BOOST_TEST((hear(beat_of(b1, 7)) == kinds{up}));
}

BOOST_AUTO_TEST_CASE(the_own_pause_is_forgiven) {
  hear(beat_of(b1, 1));
  pass(200ms);
  now += 60s;
  BOOST_TEST(here.tick(now).empty());
  BOOST_TEST(is_up("b"));
  BOOST_TEST((kinds_of(pass(2400ms)) == kinds{down}));
}

// The beats that had waited came before the timer, and then the pause was
// added to a sign of just now: the peer could be silent for a minute.
BOOST_AUTO_TEST_CASE(a_peer_that_dies_after_the_own_pause_is_down_in_time) {
  hear(beat_of(b1, 1));
  pass(200ms);
  now += 60s;
  hear(beat_of(b1, 2));
  BOOST_TEST(here.tick(now).empty());
  BOOST_TEST((kinds_of(pass(2400ms)) == kinds{down}));
}

BOOST_AUTO_TEST_CASE(a_later_life_replaces_an_earlier_one) {
  hear(beat_of(b1, 100));
  const std::vector<node_event> expected{{gone, b1}, {up, b2}};
  BOOST_TEST((here.receive(beat_of(b2, 1), now) == expected));
}

BOOST_AUTO_TEST_CASE(rumours_of_an_earlier_life_are_ignored) {
  hear(beat_of(b2, 1));
  BOOST_TEST((hear(beat_of(c1, 1, {{b1, 100, true, {}}})) == kinds{up}));
  BOOST_TEST((hear(beat_of(b1, 101)) == kinds{}));
  BOOST_TEST((here.peer("b", now)->who == b2));
}

BOOST_AUTO_TEST_CASE(a_lost_line_takes_nobody_down) {
  hear(beat_of(b1, 1));
  here.lose_line("b");
  BOOST_TEST(is_up("b"));
  BOOST_TEST(!here.peer("b", now)->is_direct);
}

// -- leaving ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(who_leaves_is_gone_at_once) {
  hear(beat_of(b1, 1));
  BOOST_TEST((kinds_of(here.leave(b1, now)) == kinds{gone}));
  BOOST_TEST((kinds_of(here.leave(b1, now)) == kinds{}));
}

BOOST_AUTO_TEST_CASE(rumours_of_the_departed_are_ignored) {
  hear(beat_of(b1, 1));
  static_cast<void>(here.leave(b1, now));
  hear(beat_of(c1, 1, {{b1, 5, true, {}}}));
  BOOST_TEST((hear(beat_of(b1, 6)) == kinds{}));
  BOOST_TEST(!here.peer("b", now).has_value());
}

BOOST_AUTO_TEST_CASE(others_are_told_who_left) {
  hear(beat_of(b1, 1));
  static_cast<void>(here.leave(b1, now));
  BOOST_TEST((here.beat(now).departed == std::vector<node_life>{b1}));
  membership other{{"d", 1}, {}, {}};
  static_cast<void>(other.receive(beat_of(b1, 1), now));
  BOOST_TEST((kinds_of(other.receive(here.beat(now), now)) == kinds{up, gone}));
}

BOOST_AUTO_TEST_CASE(who_left_is_not_told_of_for_ever) {
  static_cast<void>(here.leave(b1, now));
  pass(5s);
  BOOST_TEST(here.beat(now).departed.empty());
}

BOOST_AUTO_TEST_CASE(who_left_may_come_in_a_later_life) {
  hear(beat_of(b1, 1));
  static_cast<void>(here.leave(b1, now));
  BOOST_TEST((hear(beat_of(b2, 1)) == kinds{up}));
}

// -- identity -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_later_life_of_this_node_is_a_conflict) {
  const auto events
      = here.receive(beat_of(b1, 1, {{{"a", 6}, 1, true, {}}}), now);
  BOOST_TEST((kinds_of(events) == kinds{up, conflict}));
  BOOST_TEST(events[1].who.incarnation == 6u);
}

BOOST_AUTO_TEST_CASE(an_earlier_life_of_this_node_is_none) {
  BOOST_TEST((hear(beat_of(b1, 1, {{{"a", 4}, 99, true, {}}})) == kinds{up}));
}

BOOST_AUTO_TEST_CASE(more_of_this_life_than_there_was_is_a_conflict) {
  pass(1s);
  BOOST_TEST((hear(beat_of(b1, 1, {{{"a", 5}, 5, true, {}}})) == kinds{up}));
  BOOST_TEST(
      (hear(beat_of(b1, 2, {{{"a", 5}, 6, true, {}}})) == kinds{conflict}));
}

// A node that left, came back with a clock behind, and was ignored by all.
BOOST_AUTO_TEST_CASE(a_later_life_that_left_is_a_conflict) {
  BOOST_TEST((hear(beat_of(b1, 1, {}, {{"a", 6}})) == kinds{up, conflict}));
  here.reincarnate(7);
  BOOST_TEST((hear(beat_of(b1, 2, {}, {{"a", 6}})) == kinds{}));
}

// Else it would be back in a later life while its last words go out.
BOOST_AUTO_TEST_CASE(a_node_that_is_leaving_is_not_in_conflict_with_itself) {
  BOOST_TEST((hear(beat_of(b1, 1, {}, {{"a", 5}})) == kinds{up}));
}

BOOST_AUTO_TEST_CASE(a_node_that_goes_on_to_be_told_that_it_left_outgrows_it) {
  hear(beat_of(b1, 1, {}, {{"a", 5}}));
  pass(2s);
  BOOST_TEST((hear(beat_of(b1, 2, {}, {{"a", 5}})) == kinds{}));
  pass(200ms);
  BOOST_TEST((hear(beat_of(b1, 3, {}, {{"a", 5}})) == kinds{conflict}));
}

// A late heartbeat of the earlier life met a first rumour of the later one.
BOOST_AUTO_TEST_CASE(a_later_life_that_is_only_rumoured_yet_is_not_over) {
  hear(beat_of(c1, 1, {{b2, 7, true, {}}}));
  BOOST_TEST((hear(beat_of(b1, 100)) == kinds{}));
  BOOST_TEST((hear(beat_of(b2, 8)) == kinds{up}));
}

BOOST_AUTO_TEST_CASE(a_life_that_began_with_a_clock_behind_is_told_so) {
  hear(beat_of(b2, 1));
  pass(3s);
  BOOST_TEST((hear(beat_of(b1, 1)) == kinds{gone}));
  BOOST_TEST((here.beat(now).departed == std::vector<node_life>{b2}));
}

BOOST_AUTO_TEST_CASE(one_who_left_and_comes_in_an_earlier_life_is_told_so) {
  static_cast<void>(here.leave(b2, now));
  pass(60s);
  hear(beat_of(b1, 1));
  BOOST_TEST((here.beat(now).departed == std::vector<node_life>{b2}));
}

BOOST_AUTO_TEST_CASE(an_own_heartbeat_that_comes_back_is_no_sign_of_anybody) {
  BOOST_TEST((hear(beat_of({"a", 9}, 1)) == kinds{}));
  BOOST_TEST(here.peers(now).empty());
}

// -- relays -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(exactly_one_of_those_that_hear_both_is_the_relay) {
  // b and z do not hear each other; a, c and d hear all.
  std::vector<std::string> relays;
  const node_life z1{"z", 1};
  for (const auto& self : {node_life{"a", 5}, c1, d1}) {
    membership all{self, {}, {}};
    const auto hears_both = [&](const node_life& who) {
      return beat_of(who, 1, {{b1, 1, true, {}}, {z1, 1, true, {}}});
    };
    for (const auto& who : {node_life{"a", 5}, c1, d1})
      static_cast<void>(all.receive(hears_both(who), now));
    static_cast<void>(all.receive(beat_of(b1, 1), now));
    static_cast<void>(all.receive(beat_of(z1, 1), now));
    if (all.is_relay("b", "z", now))
      relays.push_back(self.name);
  }
  BOOST_TEST(relays == std::vector<std::string>{"a"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nobody_relays_to_one_who_hears_for_himself) {
  hear(beat_of(b1, 1));
  hear(beat_of(c1, 1, {{b1, 1, true, {}}}));
  BOOST_TEST(!here.is_relay("b", "c", now));
  hear(beat_of(c1, 2, {{b1, 1, false, {}}}));
  BOOST_TEST(here.is_relay("b", "c", now));
  here.lose_line("b");
  BOOST_TEST(!here.is_relay("b", "c", now));
}

BOOST_AUTO_TEST_CASE(a_thousand_lives_of_one_node_are_one_record) {
  for (std::uint64_t life = 1; life <= 1000; ++life)
    hear(beat_of({"b", life}, 1));
  BOOST_TEST(here.peers(now).size() == 1u);
  BOOST_TEST(here.beat(now).others.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
