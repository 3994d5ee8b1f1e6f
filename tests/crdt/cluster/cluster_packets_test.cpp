// What a node makes of the packets of others, and what it says itself.
#include "tests/crdt/cluster/one_core.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace rollcall::crdt::test {

namespace {

using namespace std::chrono_literals;
using wire::packet_kind;

} // namespace

BOOST_FIXTURE_TEST_SUITE(cluster_packets_tests, one_core)

// -- packets ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_heartbeat_goes_to_membership_and_the_shards) {
  open(to_b);
  greet(to_b, "b");
  heartbeat(to_b, 1);
  BOOST_TEST(told<node_changed>().size() == 1u);
  BOOST_TEST(all<to_shard>().size() == 2u);
  BOOST_REQUIRE(core.peers(now).size() == 1u);
  const auto peer = core.peers(now)[0];
  BOOST_TEST(peer.view.is_up);
  BOOST_TEST((peer.connection == to_b));
  BOOST_TEST(peer.lag.behind == 6u);
  BOOST_TEST(peer.lag.unacknowledged == 14u);
  BOOST_TEST((peer.lag.oldest == 5ms));
}

BOOST_AUTO_TEST_CASE(a_first_heartbeat_makes_a_plan_of_relays_soon) {
  open(to_b);
  greet(to_b, "b");
  heartbeat(to_b, 1);
  BOOST_TEST(told<relays_changed>().empty());
  BOOST_REQUIRE(all<wake_up_after>().size() == 1u);
  now += all<wake_up_after>()[0].pause;
  does(core.wake_up(now));
  BOOST_REQUIRE(told<relays_changed>().size() == 1u);
  BOOST_TEST(told<relays_changed>()[0].direct.contains("b"));
}

BOOST_AUTO_TEST_CASE(a_heartbeat_without_news_wakes_no_shard) {
  open(to_b);
  greet(to_b, "b");
  heartbeat(to_b, 1);
  heartbeat(to_b, 2);
  BOOST_TEST(all<to_shard>().empty());
  wire::heartbeat news;
  news.membership.counter = 3;
  news.shards.resize(2);
  news.shards[1].replicas.push_back({{7}, {1, 1}});
  take(to_b, news);
  BOOST_REQUIRE(all<to_shard>().size() == 1u);
  BOOST_TEST(all<to_shard>()[0].shard == 1u);
  ++shards.changes;
  shards.are_settled = false; // even that nothing is new is an answer
  heartbeat(to_b, 4);
  BOOST_TEST(all<to_shard>().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_heartbeat_of_shards_that_are_not_here_is_no_good) {
  open(to_b);
  greet(to_b, "b");
  wire::heartbeat packet;
  packet.shards.resize(2, {true, {}});
  take(to_b, packet);
  BOOST_TEST(bad_packets() == 0u);
  packet.shards.resize(3, {true, {}});
  take(to_b, packet);
  BOOST_TEST(bad_packets() == 1u);
  BOOST_TEST(last.empty());
}

BOOST_AUTO_TEST_CASE(a_peer_speaks_in_its_own_name_only) {
  open(to_b);
  greet(to_b, "b");
  take(to_b, wire::leaving{{"c", 1}});
  BOOST_TEST(bad_packets() == 1u);
  BOOST_TEST(last.empty());
}

BOOST_AUTO_TEST_CASE(what_breaks_the_rules_is_counted_and_has_no_effect) {
  open(to_b);
  greet(to_b, "b");
  for (const std::string bytes : {"", "x", "\x01", "\xff\xff\xff"})
    does(core.take(to_b, bytes, now));
  BOOST_TEST(bad_packets() == 4u);
  take(to_b, wire::event{"room:1", "ping", "{", false});
  take(to_b, wire::event{"", "ping", "[]", false});
  take(to_b, wire::event{"room:1", "\xf3", "[]", false});
  take(to_b, wire::tell{"room:1", "", "message"});
  BOOST_TEST(bad_packets() == 8u);
  BOOST_TEST(last.empty());
}

BOOST_AUTO_TEST_CASE(events_and_tells_are_delivered) {
  open(to_b);
  greet(to_b, "b");
  take(to_b, wire::event{"room:1", "ping", "[]", false});
  BOOST_TEST(all<deliver_event>().size() == 1u);
  take(to_b, wire::event{"room:1", "ping", "\x01", true});
  BOOST_TEST(all<deliver_event>().size() == 1u);
  take(to_b, wire::tell{"room:1", "ann", "message"});
  BOOST_REQUIRE(all<deliver_tell>().size() == 1u);
  BOOST_TEST(all<deliver_tell>()[0].sender == "b");
}

BOOST_AUTO_TEST_CASE(a_question_goes_to_its_shard) {
  open(to_b);
  greet(to_b, "b");
  take(to_b, wire::request{1, {}, {}});
  BOOST_REQUIRE(all<to_shard>().size() == 1u);
  BOOST_TEST(all<to_shard>()[0].shard == 1u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_leaves_is_gone_at_once) {
  open(to_b);
  greet(to_b, "b");
  heartbeat(to_b, 1);
  take(to_b, wire::leaving{{"b", 1}});
  BOOST_REQUIRE(told<node_changed>().size() == 1u);
  BOOST_TEST((told<node_changed>()[0].event.kind == node_event_kind::gone));
  BOOST_TEST(core.peers(now).empty());
}

// -- what this node says ------------------------------------------------------

BOOST_AUTO_TEST_CASE(each_peer_gets_a_heartbeat_of_its_own) {
  open(to_b);
  greet(to_b, "b");
  open(to_c);
  greet(to_c, "c");
  pass(200ms);
  BOOST_REQUIRE(all<send_packet>().size() == 2u);
  BOOST_TEST((all<send_packet>()[0].to == std::vector{to_b}));
  BOOST_TEST((all<send_packet>()[1].to == std::vector{to_c}));
  BOOST_TEST(core.counters().heartbeats_sent == 4u); // two at the hello
}

BOOST_AUTO_TEST_CASE(a_peer_that_waits_gets_one_heartbeat_soon) {
  open(to_b);
  greet(to_b, "b");
  does(core.report_due("stranger"));
  BOOST_TEST(last.empty());
  does(core.report_due("b"));
  BOOST_REQUIRE(all<wake_up_after>().size() == 1u);
  now += all<wake_up_after>()[0].pause;
  does(core.report_due("b"));
  BOOST_TEST(last.empty()); // the timer is on its way
  does(core.wake_up(now));
  BOOST_REQUIRE(all<send_packet>().size() == 1u);
  BOOST_TEST((all<send_packet>()[0].to == std::vector{to_b}));
  BOOST_TEST((sent()[0] == packet_kind::heartbeat));
  does(core.wake_up(now));
  BOOST_TEST(last.empty());
}

BOOST_AUTO_TEST_CASE(a_peer_that_went_meanwhile_gets_none) {
  open(to_b);
  greet(to_b, "b");
  does(core.report_due("b"));
  does(core.closed(to_b, "reset", now));
  does(core.wake_up(now));
  BOOST_TEST(sent().empty());
}

BOOST_AUTO_TEST_CASE(an_event_that_is_too_large_stays_here) {
  open(to_b);
  greet(to_b, "b");
  does(core.send_event({"room:1", "ping", std::string(200, 'x'), true}));
  BOOST_TEST(all<send_packet>().empty());
  BOOST_TEST(core.counters().events_dropped == 1u);
  does(core.send_event({"room:1", "ping", "[]", false}));
  BOOST_TEST(all<send_packet>().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_tell_goes_where_owners_of_the_key_are) {
  open(to_b);
  greet(to_b, "b");
  open(to_c);
  greet(to_c, "c");
  does(core.send_tell("room:1", "ann", "packet"));
  BOOST_REQUIRE(all<send_packet>().size() == 1u);
  BOOST_TEST((all<send_packet>()[0].to == std::vector{to_b}));
}

BOOST_AUTO_TEST_CASE(a_node_that_leaves_tells_who_accepted_it) {
  open(to_b);
  greet(to_b, "b");
  open(to_c);
  does(core.leave());
  BOOST_REQUIRE(all<send_packet>().size() == 1u);
  BOOST_TEST((all<send_packet>()[0].to == std::vector{to_b}));
}

// -- incarnations -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_later_incarnation_of_this_node_is_outgrown) {
  open(to_b);
  greet(to_b, "b");
  wire::heartbeat packet;
  packet.membership.counter = 1;
  packet.membership.others.push_back({{"a", 77}, 1, true, {}, {}});
  take(to_b, packet);
  BOOST_TEST(core.members().self().incarnation > 77u);
  BOOST_TEST(told<peer_connected>().size() == 1u); // the shards begin anew
  BOOST_REQUIRE(sent().size() == 1u);
  BOOST_TEST((sent()[0] == packet_kind::hello));
  const auto inputs = told<node_changed>();
  BOOST_TEST(
      (inputs.front().event == node_event{node_event_kind::up, {"b", 1}}));
  BOOST_TEST((inputs.back().event
              == node_event{node_event_kind::conflict, core.members().self()}));
  const auto now_is = core.members().self();
  take(to_b, packet);
  BOOST_TEST((core.members().self() == now_is));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::crdt::test
