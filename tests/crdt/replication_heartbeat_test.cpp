#include "tests/crdt/one_member.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace rollcall::crdt;
using namespace rollcall::crdt::test_members;
using namespace std::chrono_literals;

namespace {

/// What a peer says that hears a node or misses it, and wants it passed on.
heartbeat wish_of(const node_incarnation& who, std::uint64_t counter,
                  node_names missing, node_names relays = {}) {
  auto result = heartbeat_of(who, counter);
  result.missing = std::move(missing);
  result.relays = std::move(relays);
  return result;
}

/// What c says when it has heard the last heartbeat of this node.
heartbeat echo_of(const heartbeat& heard, std::uint64_t counter) {
  auto result = heartbeat_of(c1, counter);
  result.order.sequence = counter;
  result.order.since = counter - 1;
  result.order.echo = heard.order.sequence;
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(heartbeat_tests, one_member)

// -- relays -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(who_asks_is_told_the_newest_counter_and_its_age) {
  hear(heartbeat_of(b1, 7));
  hear(heartbeat_of(c1, 1));
  hear(wish_of(c1, 2, {"b"}));
  now += 150ms;
  const auto answer = here.heartbeat_for("c", now).others;
  BOOST_REQUIRE(answer.size() == 1u);
  BOOST_TEST((answer[0].who == b1));
  BOOST_TEST(answer[0].counter == 7u);
  BOOST_TEST(answer[0].is_direct);
  BOOST_TEST((answer[0].age == 150ms));
}

BOOST_AUTO_TEST_CASE(who_hears_what_others_miss_answers_at_once) {
  hear(heartbeat_of(b1, 7));
  hear(wish_of(c1, 2, {"b", "x"}));
  BOOST_TEST(here.take_urgent().contains("c"));
  hear(wish_of(c1, 3, {"b", "x"}));
  BOOST_TEST(here.take_urgent().empty());
}

BOOST_AUTO_TEST_CASE(a_node_that_is_silent_is_asked_for) {
  hear(heartbeat_of(b1, 7));
  BOOST_TEST(told("c").missing.has_value() == false);
  pass(600ms);
  hear(heartbeat_of(c1, 1));
  BOOST_TEST((told("c").missing == node_names{"b"}));
}

BOOST_AUTO_TEST_CASE(a_sign_of_life_counts_from_when_it_was_given) {
  hear(heartbeat_of(b1, 7));
  pass(600ms);
  hear(heartbeat_of(c1, 1, {{b1, 8, false, {}, 500ms}}));
  BOOST_TEST((here.peer("b", now)->silence == 500ms));
}

BOOST_AUTO_TEST_CASE(old_signs_of_life_raise_nobody) {
  hear(heartbeat_of(b1, 7));
  pass(3s);
  hear(heartbeat_of(c1, 1, {{b1, 9, false, {}, 2001ms}}));
  BOOST_TEST(!is_up("b"));
}

BOOST_AUTO_TEST_CASE(one_of_those_that_answer_is_asked_to_relay) {
  hear(heartbeat_of(b1, 7));
  pass(600ms);
  hear(heartbeat_of(c1, 1, {{b1, 8, true, {}, {}}}));
  hear(heartbeat_of(d1, 1, {{b1, 8, true, {}, {}}}));
  BOOST_TEST((here.take_urgent() == node_names{"c"}));
  BOOST_TEST((here.heartbeat_for("c", now).relays == node_names{"b"}));
  BOOST_TEST(!here.heartbeat_for("d", now).relays.has_value());
  hear(heartbeat_of(b1, 9));
  pass(200ms);
  BOOST_TEST((here.heartbeat_for("c", now).relays == node_names{}));
}

BOOST_AUTO_TEST_CASE(a_relay_that_is_lost_is_replaced) {
  hear(heartbeat_of(b1, 7));
  pass(600ms);
  hear(heartbeat_of(c1, 1, {{b1, 8, true, {}, {}}}));
  here.lose_connection("c");
  hear(heartbeat_of(d1, 1, {{b1, 8, true, {}, {}}}));
  BOOST_TEST((here.heartbeat_for("d", now).relays == node_names{"b"}));
}

BOOST_AUTO_TEST_CASE(nobody_relays_but_to_one_who_asks) {
  hear(heartbeat_of(b1, 1));
  hear(wish_of(c1, 1, {"b"}));
  BOOST_TEST(here.relayed_to("c").empty());
  hear(wish_of(c1, 2, {"b"}, {"b"}));
  BOOST_TEST((here.relayed_to("c") == std::vector<node_incarnation>{b1}));
  BOOST_TEST((here.doubtful_with("c") == std::vector<node_incarnation>{b1}));
  pass(3s);
  BOOST_TEST(here.relayed_to("c").empty());
}

// -- what is told once --------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_a_peer_acknowledged_is_not_told_again) {
  hear(heartbeat_of(b1, 1));
  here.open("c");
  hear(heartbeat_of(c1, 1));
  now += 1ms;
  const auto first = here.heartbeat_for("c", now);
  BOOST_TEST(first.others.size() == 1u);
  BOOST_TEST(first.address == "a:1");
  now += 1ms;
  BOOST_TEST(here.heartbeat_for("c", now).others.size() == 1u);
  auto echo = echo_of(first, 1);
  hear(echo);
  now += 1ms;
  BOOST_TEST(here.heartbeat_for("c", now).others.empty());
  BOOST_TEST(here.heartbeat_for("c", now).address.empty());
  hear(heartbeat_of(d1, 1));
  BOOST_TEST(here.heartbeat_for("c", now).others.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_met_a_gap_is_told_everything) {
  hear(heartbeat_of(b1, 1));
  here.open("c");
  hear(heartbeat_of(c1, 1));
  const auto first = here.heartbeat_for("c", now);
  auto echo = echo_of(first, 1);
  echo.order.has_gap = true;
  hear(echo);
  BOOST_TEST(here.heartbeat_for("c", now).others.size() == 1u);
  BOOST_TEST(here.heartbeat_for("c", now).order.since == 0u);
}

BOOST_AUTO_TEST_CASE(a_heartbeat_that_builds_upon_lost_ones_is_a_gap) {
  here.open("c");
  auto late = heartbeat_of(c1, 9);
  late.order.sequence = 9;
  late.order.since = 5;
  hear(late);
  BOOST_TEST(here.heartbeat_for("c", now).order.has_gap);
  late.order.sequence = 10;
  late.order.since = 0;
  hear(late);
  BOOST_TEST(!here.heartbeat_for("c", now).order.has_gap);
}

BOOST_AUTO_TEST_CASE(a_round_trip_is_measured_without_the_time_in_between) {
  hear(heartbeat_of(c1, 1));
  const auto sent = told("c");
  now += 130ms;
  auto echo = echo_of(sent, 2);
  echo.order.held = 125ms;
  hear(echo);
  BOOST_TEST((here.peer("c", now)->round_trip == 5ms));
}

BOOST_AUTO_TEST_CASE(a_quiet_heartbeat_tells_of_nobody) {
  for (std::uint64_t i = 0; i < 300; ++i)
    hear(heartbeat_of({"n" + std::to_string(i), 1}, 1));
  hear(heartbeat_of(c1, 1));
  const auto first = here.heartbeat_for("c", now);
  BOOST_TEST(first.others.size() == 300u);
  hear(echo_of(first, 2));
  now += 200ms;
  const auto quiet = here.heartbeat_for("c", now);
  BOOST_TEST(quiet.others.empty());
  BOOST_TEST(!quiet.missing.has_value());
  BOOST_TEST(!quiet.relays.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
