// Whom a node connects to, accepts and refuses, and whether it is ready.
#include "tests/crdt/cluster/one_core.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace rollcall::crdt::test {

namespace {

using namespace std::chrono_literals;
using kinds = std::vector<wire::packet_kind>;
using wire::packet_kind;

} // namespace

BOOST_FIXTURE_TEST_SUITE(cluster_core_tests, one_core)

// -- connections --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(it_connects_to_what_it_was_told_of) {
  does(core.tick(now));
  BOOST_REQUIRE(all<connect_to>().size() == 1u);
  BOOST_TEST(all<connect_to>()[0].address == "b:1");
}

BOOST_AUTO_TEST_CASE(who_connects_says_hello_first) {
  dial_b();
  BOOST_TEST((sent() == kinds{packet_kind::hello}));
  open(to_c);
  BOOST_TEST(last.empty());
  greet(to_c, "c");
  BOOST_TEST((sent() == kinds{packet_kind::hello, packet_kind::heartbeat}));
  BOOST_TEST(told<peer_connected>().size() == 1u);
  greet(to_c, "c");
  BOOST_TEST(last.empty()); // it is known
}

BOOST_AUTO_TEST_CASE(nobody_speaks_before_the_hello) {
  open(to_b);
  heartbeat(to_b, 1);
  BOOST_TEST(last.empty());
  BOOST_TEST(core.peers(now).empty());
}

BOOST_AUTO_TEST_CASE(a_connection_that_brings_nothing_is_closed) {
  open(to_b);
  greet(to_b, "b");
  pass(1s);
  heartbeat(to_b, 1);
  pass(2s);
  BOOST_TEST(all<close_connection>().empty());
  pass(200ms);
  BOOST_TEST(all<close_connection>().size() == 1u);
  BOOST_TEST(told<peer_disconnected>().size() == 1u);
  does(core.closed(to_b, "closed by this node", now));
  BOOST_TEST(last.empty());
}

BOOST_AUTO_TEST_CASE(a_connection_without_a_hello_is_closed) {
  open(to_b);
  pass(2s);
  BOOST_TEST(all<close_connection>().empty());
  pass(200ms);
  BOOST_TEST(all<close_connection>().size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_own_pause_closes_no_connection) {
  open(to_b);
  greet(to_b, "b");
  open(to_c);
  pass(200ms);
  heartbeat(to_b, 1);
  now += 60s;
  pass(200ms);
  BOOST_TEST(all<close_connection>().empty());
  pass(2200ms);
  BOOST_TEST(all<close_connection>().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_lost_connection_is_a_reason_to_connect_at_once) {
  does(core.tick(now));
  dial_b();
  greet(to_b, "b");
  now += 10s;
  heartbeat(to_b, 1);
  BOOST_TEST(core.peers(now)[0].view.is_direct);
  does(core.closed(to_b, "reset", now));
  BOOST_TEST(all<connect_to>().size() == 1u);
  BOOST_TEST(told<peer_disconnected>().size() == 1u);
  BOOST_TEST(!core.peers(now)[0].view.is_direct);
}

BOOST_AUTO_TEST_CASE(it_never_connects_to_itself) {
  core.listens_on("b:1");
  pass(10s);
  BOOST_TEST(all<connect_to>().empty());
}

BOOST_AUTO_TEST_CASE(an_address_that_led_here_is_not_tried_again) {
  does(core.tick(now));
  does(core.dial_ended({"b:1", dial_outcome::myself, {}, {}}, now));
  pass(60s);
  BOOST_TEST(all<connect_to>().empty());
}

// -- refusals -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_hello_must_agree_with_this_node) {
  open(to_b);
  const auto says = [&](wire::hello hello) {
    take(to_b, hello);
    return refusal();
  };
  BOOST_TEST(says({9, "test", {"b", 1}, 2, {}})
             == "protocol version 9; this node speaks 4");
  // The one before did not say which heartbeat it had heard when it told of keys.
  BOOST_TEST(says({3, "test", {"b", 1}, 2, {}})
             == "protocol version 3; this node speaks 4");
  BOOST_TEST(says({4, "other", {"b", 1}, 2, {}})
             == "cluster name 'other'; this is 'test'");
  BOOST_TEST(says({4, "test", {"b", 1}, 3, {}}) == "3 shards; this node has 2");
  BOOST_TEST(says({4, "test", {"\xf3", 1}, 2, {}})
             == "the node_name is not UTF-8, or has a zero byte");
  BOOST_TEST(says({4, "test", {"a", 1}, 2, {}})
             == "node name 'a' is taken by this node");
  BOOST_TEST(core.counters().refused == 6u);
  BOOST_TEST(says({4, "test", {"b", 1}, 2, {}}) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_node_keeps_its_name_and_has_it_alone) {
  open(to_b);
  greet(to_b, "b");
  greet(to_b, "z");
  BOOST_TEST(refusal() == "it calls itself 'z', and was 'b' before");
  open(to_c);
  greet(to_c, "b");
  BOOST_TEST(refusal() == "node name 'b' is taken by a node that is up");
}

BOOST_AUTO_TEST_CASE(a_certificate_binds_the_name) {
  open(to_b, false, {{"b", "x"}});
  greet(to_b, "c");
  BOOST_TEST(refusal()
             == "it calls itself 'c', and its certificate is that of 'b', 'x'");
  open(to_c, false, allowed_names{std::vector<std::string>{}});
  greet(to_c, "c");
  BOOST_TEST(refusal()
             == "it calls itself 'c', and its certificate is that of no node");
  greet(to_b, "b");
  BOOST_TEST(refusal() == "accepted");
}

BOOST_AUTO_TEST_CASE(who_is_refused_and_does_not_close_is_closed) {
  open(to_b);
  now += 1900ms;
  greet(to_b, "a");
  BOOST_TEST(all<close_connection>().empty());
  greet(to_b, "b"); // too late: it was refused
  for (int i = 1; i < 10; ++i) {
    pass(200ms);
    heartbeat(to_b, static_cast<std::uint64_t>(i));
  }
  pass(200ms);
  BOOST_TEST(all<close_connection>().size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_is_refused_closes_says_so_and_waits_long) {
  does(core.tick(now));
  dial_b();
  take(to_b, wire::refusal{"I have my reasons"});
  BOOST_TEST(all<close_connection>().size() == 1u);
  does(core.closed(to_b, "closed by this node", now));
  pass(2400ms);
  BOOST_TEST(all<connect_to>().empty());
  BOOST_TEST(core.problem() == "b:1 refused this node: I have my reasons");
  pass(2800ms);
  BOOST_TEST(all<connect_to>().size() == 1u);
}

// -- readiness ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_node_that_reaches_nobody_is_ready) {
  does(core.tick(now));
  BOOST_TEST(core.problem() == "waiting for the peers' presences");
  does(core.dial_ended({"b:1", dial_outcome::unreachable, {}, "none"}, now));
  pass(200ms);
  BOOST_TEST(core.problem() == "");
}

BOOST_AUTO_TEST_CASE(a_node_is_ready_when_its_shards_are) {
  shards.are_complete = false;
  does(core.tick(now));
  dial_b();
  greet(to_b, "b");
  heartbeat(to_b, 1);
  pass(200ms);
  BOOST_TEST(core.problem() == "waiting for the peers' presences");
  shards.are_complete = true;
  pass(200ms);
  BOOST_TEST(core.problem() == "");
}

BOOST_AUTO_TEST_CASE(a_node_waits_for_the_first_heartbeat_of_its_peers) {
  does(core.tick(now));
  dial_b();
  greet(to_b, "b");
  pass(1s);
  BOOST_TEST(core.problem() == "waiting for the peers' presences");
  heartbeat(to_b, 1);
  pass(200ms);
  BOOST_TEST(core.problem() == "");
}

BOOST_AUTO_TEST_CASE(a_link_that_is_rejected_is_a_refusal) {
  does(core.tick(now));
  does(core.dial_ended({"b:1", dial_outcome::rejected, {}, "full"}, now));
  pass(200ms);
  BOOST_TEST(core.problem() == "b:1 refused this node: full");
}

BOOST_AUTO_TEST_CASE(
    a_peer_that_cannot_be_reached_for_a_while_is_worth_a_warning) {
  std::size_t warnings = 0;
  for (int i = 0; i < 20; ++i) {
    pass(10s); // until it is tried again
    does(core.dial_ended({"b:1", dial_outcome::unreachable, {}, "none"}, now));
    for (const auto& effect : last)
      if (const auto* line = std::get_if<log_line>(&effect);
          line != nullptr && line->level == severity::warning) {
        ++warnings;
        BOOST_TEST(line->text == "cannot reach b:1: none");
      }
  }
  BOOST_TEST(warnings == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::crdt::test
