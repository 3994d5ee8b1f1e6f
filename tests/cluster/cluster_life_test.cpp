// A cluster's handle, from before its start to after its end.
#include "tests/cluster/cluster_nodes.hpp"
#include "tests/support/contains.hpp"
#include "tests/support/ends.hpp"
#include "tests/support/silent_log.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

namespace rollcall::test {

BOOST_FIXTURE_TEST_SUITE(cluster_life_tests, silent_log)

BOOST_AUTO_TEST_CASE(a_handle_that_was_not_started_answers_everything) {
  cluster none;
  BOOST_TEST(!none.is_ready());
  BOOST_TEST(none.not_ready_reason() == "the cluster was not started");
  BOOST_TEST(none.peers().empty());
  BOOST_TEST(none.stats().links_opened == 0u);
  BOOST_TEST(none.port() == 0);
  BOOST_TEST((code_of(none.reload_certificates()) == ec::invalid_config));
  none.leave(true);
}

BOOST_AUTO_TEST_CASE(a_presence_that_was_not_started_makes_no_cluster) {
  caf::actor_system_config settings;
  configure(settings);
  caf::actor_system system{settings};
  const auto outcome = cluster::start(system, presence{}, {});
  BOOST_REQUIRE(!outcome);
  BOOST_TEST(describe(outcome.error())
             == "invalid_config: this presence was not started, or was "
                "stopped");
}

BOOST_AUTO_TEST_CASE(a_presence_is_in_one_cluster_at_a_time) {
  cluster_node a{"a", {}};
  auto second = cluster::start(a.system, a.who, {});
  BOOST_REQUIRE(!second);
  BOOST_TEST(contains(describe(second.error()), "in a cluster already"));
  BOOST_TEST(eventually([&] { return a.net.is_ready(); }));
  a.net.leave(true);
  second = cluster::start(a.system, a.who, {});
  BOOST_TEST(!!second);
}

// CAF's middleman belongs to the actor system: the two would take each other's
// connections for their own.
BOOST_AUTO_TEST_CASE(an_actor_system_is_in_one_cluster_at_a_time) {
  cluster_node a{"a", {}};
  config settings;
  settings.node_name = "b";
  auto other = *presence::start(a.system, settings);
  auto second = cluster::start(a.system, other, {});
  BOOST_REQUIRE(!second);
  BOOST_TEST(contains(describe(second.error()),
                      "this actor system is in a cluster already"));
  a.net.leave(true);
  second = cluster::start(a.system, other, {});
  BOOST_TEST(!!second);
  second->leave(true);
  other.stop();
}

BOOST_AUTO_TEST_CASE(a_presence_that_stops_says_goodbye_to_the_peers) {
  cluster_node a{"a", {}};
  cluster_node b{"b", {.peers = {a.address()}}};
  a.track("room:1", "alice");
  BOOST_REQUIRE(eventually([&] { return b.keys("room:1").size() == 1; }));
  for (const auto& actor : a.actors)
    caf::anon_send_exit(actor, caf::exit_reason::kill);
  a.who.stop();
  BOOST_TEST(!a.net.is_ready());
  // Who falls silent is down; only who says goodbye is forgotten at once.
  BOOST_TEST(eventually([&] { return b.net.peers().empty(); }));
  BOOST_TEST(b.keys("room:1").empty());
}

BOOST_AUTO_TEST_CASE(a_handle_that_goes_last_ends_nothing_twice) {
  cluster_node a{"a", {}};
  a.who.stop();
  a.net.leave(true);
  a.net.leave(false);
  BOOST_TEST(a.net.peers().empty());
}

BOOST_AUTO_TEST_CASE(the_last_handle_that_is_dropped_takes_its_node_out) {
  cluster_node a{"a", {}};
  cluster_node b{"b", {.peers = {a.address()}}};
  b.track("t", "k");
  BOOST_TEST(eventually([&] { return a.keys("t").contains("k"); }));
  b.net = {};
  BOOST_TEST(eventually([&] { return a.keys("t").empty(); }));
  BOOST_TEST(b.keys("t").contains("k"));
}

BOOST_AUTO_TEST_CASE(a_cluster_handle_may_outlive_its_actor_system) {
  for (int round = 0; round < rounds(4); ++round) {
    const bool finished = ends([] {
      cluster_node other{"b", {}};
      cluster outlives;
      {
        caf::actor_system_config settings;
        configure(settings);
        caf::actor_system system{settings};
        auto who
            = *presence::start(system, {.node_name = "a", .shard_count = 2});
        cluster_config peers;
        peers.cluster_name = "test";
        peers.peers = {other.address()};
        outlives = *cluster::start(system, who, peers);
        BOOST_TEST(eventually([&] { return outlives.is_ready(); }));
      }
      BOOST_TEST(!outlives.is_ready());
      outlives.leave(true);
    });
    BOOST_REQUIRE(finished);
  }
}

BOOST_AUTO_TEST_CASE(a_leave_inside_an_actor_begins_and_ends_by_itself) {
  const bool finished = ends([] {
    cluster_node a{"a", {}};
    cluster_node b{"b", {.peers = {a.address()}}};
    BOOST_REQUIRE(eventually([&] { return b.net.peers().size() == 1; }));
    a.system.spawn([&](caf::event_based_actor*) { a.net.leave(true); });
    BOOST_TEST(eventually([&] { return b.net.peers().empty(); }));
  });
  BOOST_REQUIRE(finished);
}

// Goal: nobody hangs, whoever stops first and whoever calls meanwhile.
BOOST_AUTO_TEST_CASE(stops_in_any_order_under_load_come_to_an_end) {
  for (int round = 0; round < rounds(6); ++round) {
    const bool finished = ends([round] {
      cluster_node a{"a", {}};
      cluster_node b{"b", {.peers = {a.address()}}};
      std::atomic<bool> is_over{false};
      std::vector<std::thread> writers;
      for (auto* node : {&a, &b})
        writers.emplace_back([&is_over, node] {
          for (int i = 0; !is_over; ++i) {
            node->track("room:" + std::to_string(i % 8), "key");
            node->who.tell("room:1", "key", caf::make_message(1));
          }
        });
      BOOST_TEST(eventually([&] { return b.net.peers().size() == 1; }));
      if (round % 3 == 0)
        a.net.leave(round % 2 == 0);
      if (round % 3 <= 1)
        a.who.stop();
      is_over = true;
      for (auto& writer : writers)
        writer.join();
    });
    BOOST_REQUIRE(finished);
  }
}

// Goal: whoever calls whatever while a node leaves gets an answer.
BOOST_AUTO_TEST_CASE(calls_from_other_threads_during_a_leave_are_answered) {
  for (int round = 0; round < 10; ++round) {
    cluster_node a{"a", {}};
    std::atomic<bool> is_over{false};
    std::vector<std::thread> callers;
    for (int i = 0; i < 3; ++i)
      callers.emplace_back([&] {
        while (!is_over) {
          static_cast<void>(a.net.stats());
          static_cast<void>(a.net.peers());
          static_cast<void>(a.net.is_ready());
          static_cast<void>(a.net.reload_certificates());
        }
      });
    callers.emplace_back([&] { a.net.leave(true); });
    if (round % 2 == 0)
      a.net.leave(false);
    else
      a.who.stop();
    is_over = true;
    for (auto& caller : callers)
      caller.join();
    BOOST_TEST(!a.net.is_ready());
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(refused_node_tests, silent_log)

BOOST_AUTO_TEST_CASE(
    a_node_with_another_shard_count_is_not_ready_and_says_why) {
  cluster_node a{"a", {}};
  cluster_node b{"b", {.peers = {a.address()}, .shards = 3}};
  BOOST_TEST(eventually([&] {
    return contains(b.net.not_ready_reason(),
                    "refused this node: 3 shards; this node has 2");
  }));
  BOOST_TEST(!b.net.is_ready());
  BOOST_TEST(eventually([&] { return a.net.is_ready(); }));
}

BOOST_AUTO_TEST_CASE(a_node_whose_name_is_taken_is_not_ready) {
  cluster_node a{"a", {}};
  cluster_node b{"a", {.peers = {a.address()}}};
  BOOST_TEST(eventually([&] {
    return contains(b.net.not_ready_reason(), "node name 'a' is taken");
  }));
  BOOST_TEST(!b.net.is_ready());
}

// Else any node that comes by could turn this one away from its clients.
BOOST_AUTO_TEST_CASE(a_stray_that_is_refused_makes_nobody_unready) {
  cluster_node a{"a", {}};
  cluster_node stray{"b", {.peers = {a.address()}, .cluster_name = "other"}};
  BOOST_REQUIRE(eventually([&] { return stray.net.stats().refused > 0; }));
  BOOST_TEST(eventually([&] { return a.net.is_ready(); }));
}

BOOST_AUTO_TEST_CASE(a_node_that_one_peer_accepts_is_ready) {
  cluster_node a{"a", {}};
  cluster_node odd{"odd", {.shards = 3}};
  cluster_node b{"b", {.peers = {a.address(), odd.address()}}};
  BOOST_REQUIRE(
      eventually([&] { return b.is_up("a") && b.net.stats().refused > 0; }));
  BOOST_TEST(eventually([&] { return b.net.is_ready(); }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
