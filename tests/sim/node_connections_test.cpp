// How nodes come together: who is refused, and what becomes of connections.
#include "tests/sim/node_forgery.hpp"
#include "tests/sim/running_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall;
using namespace rollcall::sim;
using namespace std::chrono_literals;
using crdt::node_event_kind;

namespace {

/// Two nodes that are together, and node 2, which they refuse.
struct refused_node : running_cluster {
  explicit refused_node(const disguise& how) : running_cluster{3} {
    leave(2);
    run_for(1s);
    events.clear();
    start_disguised(2, how);
    run_for(8s);
  }

  std::string problem() {
    return process(2).core().problem();
  }

  /// Nobody but node 2 has noticed anything, and node 2 knows nobody.
  void expect_no_harm() {
    for (const auto& each : events)
      BOOST_TEST(each.observer == 2u);
    BOOST_TEST(process(2).core().counters().refused > 0u);
    BOOST_TEST(process(0).core().counters().refused > 0u);
    BOOST_TEST(!shows(2, "k0"));
    BOOST_TEST((shows(0, "k1") && shows(1, "k0")));
    start(2);
    expect_agreement(5s);
  }
};

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::uint64_t opened_by(running_cluster& all, std::size_t which) {
  return all.process(which).core().counters().connections_opened;
}

} // namespace

BOOST_AUTO_TEST_SUITE(node_connections_tests)

BOOST_AUTO_TEST_CASE(a_node_of_another_cluster_is_refused_and_knows_why) {
  refused_node all{{.cluster_name = "other"}};
  BOOST_TEST(says(all.problem(),
                  "refused this node: cluster name 'other'; this is 'sim'"));
  all.expect_no_harm();
}

BOOST_AUTO_TEST_CASE(a_node_with_another_number_of_shards_is_refused) {
  refused_node all{{.shard_count = 3}};
  BOOST_TEST(
      says(all.problem(), "refused this node: 3 shards; this node has 2"));
  all.expect_no_harm();
}

BOOST_AUTO_TEST_CASE(a_node_under_a_name_that_is_taken_is_refused) {
  refused_node all{{.name_of = 0}};
  BOOST_TEST(says(all.problem(), "node name 'n0' is taken by"));
  all.expect_no_harm();
}

BOOST_AUTO_TEST_CASE(a_node_whose_certificate_has_another_name_is_refused) {
  refused_node all{{.certificate = {{"nobody"}}}};
  BOOST_TEST(says(all.problem(), "it calls itself 'n2', and its certificate is "
                                 "that of 'nobody'"));
  all.expect_no_harm();
}

BOOST_AUTO_TEST_CASE(a_refused_node_is_taken_when_its_name_is_free) {
  refused_node all{{.name_of = 0}};
  all.kill(0);
  all.run_for(10s);
  BOOST_TEST(all.problem() == "");
  BOOST_TEST(all.process(1).is_connected_to("n0"));
  BOOST_TEST(all.shows(2, "k1"));
}

BOOST_AUTO_TEST_CASE(a_node_that_one_refuses_and_another_accepts_is_ready) {
  running_cluster all{3};
  all.leave(2);
  all.set_cut(0, 1, true);
  all.run_for(10s);
  all.start_disguised(2, {.name_of = 0});
  all.run_for(8s);
  BOOST_TEST(all.process(2).core().counters().refused > 0u);
  BOOST_TEST(all.process(2).is_connected_to("n1"));
  BOOST_TEST(all.process(2).core().problem() == "");
}

BOOST_AUTO_TEST_CASE(a_silent_connection_is_closed_and_another_one_opened) {
  running_cluster all{3};
  const auto before = opened_by(all, 0);
  all.network.silence_connections(0, 1);
  all.join(0, "new", 9);
  all.run_for(1'900ms);
  BOOST_TEST(opened_by(all, 0) == before);
  all.run_for(1s);
  BOOST_TEST(opened_by(all, 0) == before + 1);
  all.expect_agreement(1s);
  BOOST_TEST(all.events.empty()); // it was heard through the third all along
}

BOOST_AUTO_TEST_CASE(two_nodes_that_only_had_a_silent_connection_meet_again) {
  running_cluster all{2};
  all.network.silence_connections(0, 1);
  all.run_for(3s);
  all.expect_agreement(2s);
  BOOST_TEST(all.count(node_event_kind::down) <= 2u);
}

BOOST_AUTO_TEST_CASE(a_connection_without_a_hello_is_closed) {
  running_cluster all{2};
  all.network.faults.delay_min = all.network.faults.delay_max = 20ms;
  const auto before = opened_by(all, 0);
  all.network.break_connections(0, 1);
  // Each new one is silent before anything has arrived over it.
  for (int i = 0; i < 400; ++i) {
    all.run_for(10ms);
    all.network.silence_connections(0, 1);
  }
  BOOST_TEST(!all.process(0).is_connected_to("n1"));
  BOOST_TEST(opened_by(all, 0) > before + 1);
  all.expect_agreement(10s);
}

BOOST_AUTO_TEST_CASE(two_nodes_that_connect_at_once_have_one_connection) {
  for (int i = 0; i < 20; ++i) {
    running_cluster all{2};
    all.kill(0);
    all.kill(1);
    all.run_for(1s);
    all.start(0);
    all.start(1);
    all.run_for(3s);
    BOOST_TEST(opened_by(all, 0) == 1u);
    BOOST_TEST(opened_by(all, 1) == 1u);
    BOOST_TEST(all.process(0).is_connected_to("n1"));
  }
}

BOOST_AUTO_TEST_CASE(nodes_that_know_one_address_learn_all_others) {
  node_settings settings;
  settings.seed_count = 1;
  running_cluster all{8, settings};
  for (std::size_t i = 0; i < 8; ++i)
    for (std::size_t other = 0; other < 8; ++other)
      if (i != other)
        BOOST_TEST(all.process(i).is_connected_to("n" + std::to_string(other)));
}

BOOST_AUTO_TEST_CASE(an_address_that_nobody_has_any_more_is_forgotten) {
  node_settings settings;
  settings.seed_count = 1;
  settings.membership.forget_after = 5s;
  running_cluster all{3, settings};
  all.kill(2);
  all.run_for(20s);
  all.events.clear();
  const auto before = opened_by(all, 0);
  all.start(2); // It asks node 0, which does not ask for it.
  all.run_for(2s);
  BOOST_TEST(opened_by(all, 0) == before + 1);
  all.expect_agreement(2s);
}

BOOST_AUTO_TEST_CASE(forged_packets_cost_a_connection_at_most) {
  running_cluster all{3};
  for (int i = 0; i < 500; ++i) {
    forge_any(all, all.random, 0, 1);
    all.run_for(all.moment_below(100ms));
  }
  BOOST_TEST(all.process(1).core().counters().bad_packets > 100u);
  BOOST_TEST(all.events.empty());
  all.expect_agreement(10s);
}

BOOST_AUTO_TEST_CASE(a_peer_that_makes_nodes_up_does_not_fill_the_memory) {
  running_cluster all{2};
  wire::heartbeat heartbeat;
  heartbeat.membership.counter = all.process(0).members().counter();
  heartbeat.membership.order.sequence = 1ull << 40;
  for (std::size_t i = 0; i < crdt::membership::nodes_max + 10; ++i) {
    const auto number = std::to_string(i);
    heartbeat.membership.others.push_back(
        {{"up" + number, 1}, 1, true, {}, {}});
    heartbeat.membership.departed.push_back({"left" + number, 1});
  }
  all.forge(0, 1, heartbeat);
  all.run_for(100ms);
  auto members = all.process(1).members();
  members.open("n0"); // As to one that knows nothing.
  BOOST_TEST(members.peers(all.time.now()).size()
             == crdt::membership::nodes_max);
  BOOST_TEST(members.heartbeat_for("n0", all.time.now()).departed.size()
             == crdt::membership::nodes_max);
  BOOST_TEST(all.shows(1, "k0"));
}

BOOST_AUTO_TEST_CASE(an_event_reaches_all_others_once) {
  running_cluster all{4};
  all.broadcast(0);
  all.run_for(100ms);
  BOOST_TEST(all.process(0).events.empty());
  for (std::size_t i = 1; i < 4; ++i)
    BOOST_TEST(all.process(i).events.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_event_that_is_too_large_stays_on_its_node) {
  running_cluster all{2};
  all.broadcast(0, "topic0", 2'000);
  all.run_for(100ms);
  BOOST_TEST(all.process(1).events.empty());
  BOOST_TEST(all.process(0).core().counters().events_dropped == 1u);
}

BOOST_AUTO_TEST_CASE(a_tell_goes_to_the_nodes_with_owners_of_the_key) {
  running_cluster all{4};
  all.join(2, "alice");
  all.join(3, "alice");
  all.join(3, "alice", 2);
  all.expect_agreement(2s);
  all.tell(0, "alice");
  all.run_for(100ms);
  BOOST_TEST(all.process(1).told.empty());
  BOOST_TEST(all.process(2).told.size() == 1u);
  BOOST_TEST(all.process(3).told.size() == 1u);
  BOOST_TEST(all.process(3).told[0].sender == "n0");
}

// Others remember a later incarnation of it: it must continue under one that
// is later still, and with it all that it has.
BOOST_AUTO_TEST_CASE(a_node_whose_clock_went_back_keeps_its_presences) {
  running_cluster all{3};
  all.kill(2);
  all.run_for(1s);
  all.events.clear();
  all.start_behind(2, 500);
  all.join(2, "again", 9);
  all.expect_agreement(5s);
  BOOST_TEST(all.count(node_event_kind::conflict) >= 1u);
  BOOST_TEST((all.shows(0, "again") && all.shows(1, "again")));
  BOOST_TEST((all.process(0).members().peer("n2", all.time.now())->who
              == all.process(2).members().self()));
}

// It comes over the connection of its former incarnation. Whether somebody else
// notices in between depends on the moment.
BOOST_AUTO_TEST_CASE(a_relay_goes_on_with_a_node_that_outgrew_its_incarnation) {
  for (std::uint64_t i = 0; i < 8; ++i) {
    running_cluster all{3, {}, test::seed() + i};
    all.set_cut(0, 1, true);
    all.run_for(10s);
    all.tell_of_later_incarnation(2, 0);
    all.run_for(5s);
    const auto longest = all.slowest_join(1, 10, 300ms);
    BOOST_TEST((longest <= 2 * 50ms + 2 * all.network.faults.delay_max));
  }
}

BOOST_AUTO_TEST_CASE(a_relay_that_outgrows_its_incarnation_goes_on_relaying) {
  running_cluster all{3};
  all.set_cut(0, 1, true);
  all.run_for(10s);
  all.tell_of_later_incarnation(0, 2);
  all.run_for(5s);
  BOOST_TEST(all.count(node_event_kind::conflict) == 1u);
  BOOST_TEST(!all.process(0).is_connected_to("n1"));
  const auto longest = all.slowest_join(1, 50, 300ms);
  BOOST_TEST((longest <= 2 * 50ms + 2 * all.network.faults.delay_max));
}

// The second relay in the line has no connection to it that could tell.
BOOST_AUTO_TEST_CASE(a_node_that_restarts_at_the_end_of_a_line_is_relayed_on) {
  running_cluster all{4};
  all.set_cut(0, 2, true);
  all.set_cut(0, 3, true);
  all.set_cut(1, 3, true);
  all.run_for(10s);
  all.start(0);
  all.run_for(5s);
  const auto longest = all.slowest_join(3, 50, 300ms);
  BOOST_TEST((longest <= 3 * 50ms + 3 * all.network.faults.delay_max));
}

BOOST_AUTO_TEST_SUITE_END()
