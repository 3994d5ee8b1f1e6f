#include "crdt/cluster/cluster_core.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rollcall::test {

namespace {

using namespace std::chrono_literals;
using namespace rollcall::crdt;

/// Two shards that are complete and know nothing.
struct idle_shards : shard_views {
  std::size_t count() const override {
    return 2;
  }
  std::vector<known_replica> report(std::size_t) const override {
    return {};
  }
  bool is_complete(std::size_t) const override {
    return are_complete;
  }
  shard_lag lag(std::size_t, const std::string&, tick_time) const override {
    return {3, 5ms, 7};
  }
  key_writers writers_of(const std::string&,
                         const std::string&) const override {
    return {1, {tag_of({"b", 1, 1, 0})}};
  }

  bool are_complete = true;
};

bool is_brackets(std::string_view text, std::size_t) {
  return text == "[]";
}

constexpr connection_id to_b{1};
constexpr connection_id to_c{2};

/// Node "a" with the defaults, which was told of "b:1".
struct one_core {
  idle_shards shards;
  cluster_core core{{"a", 5},
                    {.cluster_name = "test",
                     .peers = {"b:1"},
                     .membership = {},
                     .event_bytes_max = 100},
                    shards,
                    is_brackets};
  tick_time now{1s};
  cluster_effects last;

  void does(cluster_effects effects) {
    last = std::move(effects);
  }

  /// Ticks for a while. All effects are in `last`.
  void pass(std::chrono::milliseconds time) {
    cluster_effects all;
    for (const auto end = now + time; now < end;) {
      now += 200ms;
      for (auto& effect : core.tick(now))
        all.push_back(std::move(effect));
    }
    last = std::move(all);
  }

  void open(connection_id id, bool is_dialed = false,
            allowed_names names = {}) {
    does(core.opened({id, "socket", is_dialed, std::move(names)}, now));
  }

  void dial_b() {
    open(to_b, true);
    does(core.dial_ended({"b:1", dial_outcome::opened, to_b, {}}, now));
  }

  template <class Packet>
  void take(connection_id from, const Packet& packet) {
    std::string bytes;
    wire::encode(packet, bytes);
    does(core.take(from, std::move(bytes), now));
  }

  void greet(connection_id from, const std::string& name) {
    take(from, wire::hello{wire::protocol_version, "test", {name, 1}, 2, {}});
  }

  void beat(connection_id from, const std::string& name,
            std::uint64_t counter) {
    wire::beat heartbeat;
    heartbeat.membership.sender = {name, 1};
    heartbeat.membership.counter = counter;
    heartbeat.shards.resize(2);
    take(from, heartbeat);
  }

  /// The effects of one type in `last`.
  template <class Effect>
  std::vector<Effect> all() const {
    std::vector<Effect> result;
    for (const auto& effect : last)
      if (const auto* one = std::get_if<Effect>(&effect))
        result.push_back(*one);
    return result;
  }

  /// The inputs of one type that all shards get.
  template <class Input>
  std::vector<Input> told() const {
    std::vector<Input> result;
    for (const auto& effect : all<to_all_shards>())
      if (const auto* one = std::get_if<Input>(&effect.input))
        result.push_back(*one);
    return result;
  }

  /// The kinds of packets in `last`.
  std::vector<wire::packet_kind> sent() const {
    std::vector<wire::packet_kind> result;
    for (const auto& packet : all<send_packet>())
      result.push_back(*wire::kind_of(packet.bytes));
    return result;
  }

  std::string refusal() const {
    for (const auto& packet : all<send_packet>())
      if (const auto refused = wire::decode_refusal(packet.bytes))
        return refused->reason;
    return "accepted";
  }

  std::uint64_t bad_packets() const {
    return core.counters().bad_packets;
  }
};

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
  BOOST_TEST((sent() == kinds{packet_kind::hello, packet_kind::beat}));
  BOOST_TEST(told<peer_connected>().size() == 1u);
  greet(to_c, "c");
  BOOST_TEST(last.empty()); // it is known
}

BOOST_AUTO_TEST_CASE(nobody_speaks_before_the_hello) {
  open(to_b);
  beat(to_b, "b", 1);
  BOOST_TEST(last.empty());
  BOOST_TEST(core.peers(now).empty());
}

BOOST_AUTO_TEST_CASE(a_connection_that_brings_nothing_is_closed) {
  open(to_b);
  greet(to_b, "b");
  pass(1s);
  beat(to_b, "b", 1);
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
  beat(to_b, "b", 1);
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
  does(core.closed(to_b, "reset", now));
  BOOST_TEST(all<connect_to>().size() == 1u);
  BOOST_TEST(told<peer_disconnected>().size() == 1u);
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
             == "protocol version 9; this node speaks 1");
  BOOST_TEST(says({1, "other", {"b", 1}, 2, {}})
             == "cluster name 'other'; this is 'test'");
  BOOST_TEST(says({1, "test", {"b", 1}, 3, {}}) == "3 shards; this node has 2");
  BOOST_TEST(says({1, "test", {"\xf3", 1}, 2, {}})
             == "the node_name is not UTF-8, or has a zero byte");
  BOOST_TEST(says({1, "test", {"a", 1}, 2, {}})
             == "node name 'a' is taken by this node");
  BOOST_TEST(core.counters().refused == 5u);
  BOOST_TEST(says({1, "test", {"b", 1}, 2, {}}) == "accepted");
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
    beat(to_b, "b", static_cast<std::uint64_t>(i));
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
  beat(to_b, "b", 1);
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
  beat(to_b, "b", 1);
  pass(200ms);
  BOOST_TEST(core.problem() == "");
}

BOOST_AUTO_TEST_CASE(a_link_that_is_rejected_is_a_refusal) {
  does(core.tick(now));
  does(core.dial_ended({"b:1", dial_outcome::rejected, {}, "full"}, now));
  pass(200ms);
  BOOST_TEST(core.problem() == "b:1 refused this node: full");
}

// -- packets ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_heartbeat_goes_to_membership_and_the_shards) {
  open(to_b);
  greet(to_b, "b");
  beat(to_b, "b", 1);
  BOOST_TEST(told<node_changed>().size() == 1u);
  BOOST_TEST(told<relays_changed>().size() == 1u);
  BOOST_TEST(all<to_shard>().size() == 2u);
  BOOST_REQUIRE(core.peers(now).size() == 1u);
  const auto peer = core.peers(now)[0];
  BOOST_TEST(peer.view.is_up);
  BOOST_TEST((peer.connection == to_b));
  BOOST_TEST(peer.lag.behind == 6u);
  BOOST_TEST(peer.lag.unacknowledged == 14u);
  BOOST_TEST((peer.lag.oldest == 5ms));
}

BOOST_AUTO_TEST_CASE(a_peer_speaks_in_its_own_name_only) {
  open(to_b);
  greet(to_b, "b");
  beat(to_b, "c", 1);
  take(to_b, wire::leaving{{"c", 1}});
  BOOST_TEST(bad_packets() == 2u);
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
  beat(to_b, "b", 1);
  take(to_b, wire::leaving{{"b", 1}});
  BOOST_REQUIRE(told<node_changed>().size() == 1u);
  BOOST_TEST((told<node_changed>()[0].event.kind == node_event_kind::gone));
  BOOST_TEST(core.peers(now).empty());
}

// -- what this node says ------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_heartbeat_is_encoded_once_for_all) {
  open(to_b);
  greet(to_b, "b");
  open(to_c);
  greet(to_c, "c");
  pass(200ms);
  BOOST_REQUIRE(all<send_packet>().size() == 1u);
  BOOST_TEST(all<send_packet>()[0].to.size() == 2u);
  BOOST_TEST(core.counters().heartbeats_sent == 2u);
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
  wire::beat heartbeat;
  heartbeat.membership.sender = {"b", 1};
  heartbeat.membership.counter = 1;
  heartbeat.membership.others.push_back({{"a", 77}, 1, true, {}});
  heartbeat.held.push_back(0);
  take(to_b, heartbeat);
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
  take(to_b, heartbeat);
  BOOST_TEST((core.members().self() == now_is));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
