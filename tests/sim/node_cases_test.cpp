#include "tests/sim/running_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace rollcall;
using namespace rollcall::sim;
using namespace std::chrono_literals;
using crdt::node_event_kind;

BOOST_AUTO_TEST_SUITE(node_cases_tests)

BOOST_AUTO_TEST_CASE(a_node_paused_for_a_second_is_never_reported_down) {
  running_cluster all{3};
  all.network.faults.delay_max = 50ms;
  for (int i = 0; i < 1'000; ++i) {
    all.run_for(300ms + all.moment_below(400ms));
    const auto which = all.random.below(3);
    all.network.pause(which);
    all.run_for(1s);
    all.network.resume(which);
  }
  all.run_for(3s);
  BOOST_TEST(all.events.empty());
  all.expect_agreement(1s);
}

// The last heartbeat is up to 200 ms older than the death, and silence is
// looked for each 200 ms.
BOOST_AUTO_TEST_CASE(a_killed_node_is_down_elsewhere_after_about_two_seconds) {
  running_cluster all{4};
  std::vector<duration> took;
  for (int i = 0; i < 200; ++i) {
    all.run_for(all.moment_below(1s));
    const auto which = all.random.below(4);
    all.events.clear();
    const auto killed = all.time.now();
    all.kill(which);
    all.run_for(4s);
    BOOST_REQUIRE(all.count(node_event_kind::down) == 3u);
    for (const auto& event : all.events)
      took.push_back(event.when - killed);
    all.start(which);
    all.expect_agreement(10s);
  }
  const auto [least, most] = std::minmax_element(took.begin(), took.end());
  BOOST_TEST_MESSAGE("a killed node is down after "
                     << least->count() / 1'000 << " to "
                     << most->count() / 1'000 << " ms");
  BOOST_TEST((*least >= 1'790ms));
  BOOST_TEST((*most <= 2'600ms));
}

BOOST_AUTO_TEST_CASE(a_node_cut_for_ten_minutes_brings_no_ghost_and_no_echo) {
  for (const auto forget_after : {30'000ms, 600'000ms, 3'600'000ms}) {
    node_settings settings;
    settings.membership.forget_after = forget_after;
    running_cluster all{3, settings};
    all.join(2, "stays", 2);
    all.join(2, "leaves", 3);
    all.expect_agreement(2s);
    all.cut_off(2, true);
    all.run_for(300s);
    BOOST_TEST(!all.shows(0, "stays"));
    all.leave(2, "leaves", 3);
    all.join(2, "came", 4);
    all.run_for(300s);
    const auto before = all.witness.joins(0);
    all.cut_off(2, false);
    all.expect_agreement(5s);
    all.run_for(5s);
    // Its three, each once; what left meanwhile is never seen again.
    BOOST_TEST(all.witness.joins(0) == before + 3);
    BOOST_TEST(!all.shows(0, "leaves"));
  }
}

BOOST_AUTO_TEST_CASE(nodes_that_cannot_hear_each_other_go_on_through_a_third) {
  running_cluster all{3};
  all.set_cut(0, 1, true);
  all.run_for(10s);
  BOOST_TEST(all.events.empty());
  BOOST_TEST(!all.process(0).is_connected_to("n1"));
  BOOST_TEST(all.shows(0, "k1"));
  const auto longest = all.slowest_join(1, 200, 300ms);
  BOOST_TEST_MESSAGE("through a third node a join takes up to "
                     << longest.count() / 1'000 << " ms");
  BOOST_TEST((longest <= 2 * 50ms + 2 * all.network.faults.delay_max));
  BOOST_TEST(all.events.empty());
}

BOOST_AUTO_TEST_CASE(a_quiet_cluster_shows_a_join_as_fast_as_the_network) {
  running_cluster all{3};
  for (int i = 0; i < 20; ++i) {
    all.run_for(1s);
    const auto key = "new" + std::to_string(i);
    all.join(0, key, 9);
    BOOST_TEST((all.until_shown(1, key) <= 3ms));
  }
}

BOOST_AUTO_TEST_CASE(
    one_of_many_relays_and_one_connection_that_is_cut_is_enough) {
  running_cluster all{6};
  all.set_cut(0, 1, true);
  all.run_for(5s);
  const auto before = all.process(1).intervals;
  all.join(0, "new", 9);
  all.run_for(1s);
  BOOST_TEST(all.shows(1, "new"));
  // It may have asked for it, too, before it came.
  BOOST_TEST(all.process(1).intervals <= before + 2);
}

/// Two in between: each passes on what the one before it passes on.
BOOST_AUTO_TEST_CASE(nodes_in_a_row_go_on_through_all_that_are_between) {
  running_cluster all{4};
  all.set_cut(0, 3, true);
  all.set_cut(0, 2, true);
  all.set_cut(1, 3, true); // What is left: 0 - 1 - 2 - 3.
  all.run_for(10s);
  BOOST_TEST(all.events.empty());
  const auto longest = all.slowest_join(3, 50, 1s);
  BOOST_TEST_MESSAGE("through two others a join takes up to "
                     << longest.count() / 1'000 << " ms");
  BOOST_TEST((longest <= 3 * 50ms + 3 * all.network.faults.delay_max));
  all.leave(0, "new0", 9);
  all.run_for(2s);
  BOOST_TEST(!all.shows(3, "new0"));
  BOOST_TEST(all.events.empty());
  all.set_cut(0, 3, false);
  all.set_cut(0, 2, false);
  all.set_cut(1, 3, false);
  all.expect_agreement(10s);
  BOOST_TEST(all.events.empty());
}

BOOST_AUTO_TEST_CASE(a_connection_that_carries_one_way_only_is_none) {
  running_cluster all{3};
  all.network.set_cut(0, 1, true);
  all.run_for(10s);
  BOOST_TEST(all.events.empty());
  all.join(1, "new", 9);
  all.run_for(200ms);
  BOOST_TEST(all.shows(0, "new"));
}

BOOST_AUTO_TEST_CASE(all_nodes_are_replaced_one_after_the_other) {
  running_cluster all{5};
  for (std::size_t i = 0; i < 5; ++i) {
    all.leave(i);
    all.run_for(500ms);
    all.start(i);
    all.join(i, "again" + std::to_string(i));
    all.expect_agreement(3s);
  }
  BOOST_TEST(all.count(node_event_kind::down) == 0u);
  BOOST_TEST(all.count(node_event_kind::gone) == 20u);
}

BOOST_AUTO_TEST_CASE(a_node_with_its_clock_behind_is_back_after_any_end) {
  for (const bool is_graceful : {false, true})
    for (const auto away : {duration{200ms}, duration{3s}, duration{30s}}) {
      running_cluster all{3};
      if (is_graceful)
        all.leave(2);
      else
        all.kill(2);
      all.run_for(away);
      all.start_behind(2, 500);
      all.join(2, "again", 9);
      all.expect_agreement(5s);
      BOOST_TEST(all.count(node_event_kind::conflict) >= 1u);
    }
}

// The window is 64 KiB: what is sent beyond it fails the run.
BOOST_AUTO_TEST_CASE(a_peer_stopped_for_a_minute_costs_a_window_and_is_exact) {
  node_settings settings;
  settings.chunk_bytes = 16 * 1024;
  settings.replication.window_bytes = 64 * 1024;
  running_cluster all{3, settings};
  all.network.pause(2);
  for (int i = 0; i < 6'000; ++i) {
    all.join(0, "load" + std::to_string(i), 9);
    if (i % 3 == 0)
      all.leave(0, "load" + std::to_string(i / 2), 9);
    all.run_for(10ms);
  }
  all.network.resume(2);
  all.expect_agreement(2s);
}

BOOST_AUTO_TEST_CASE(what_was_sent_is_acknowledged_with_the_next_heartbeat) {
  running_cluster all{2};
  for (int i = 0; i < 20; ++i) {
    all.join(0, "new" + std::to_string(i), 9);
    all.run_for(450ms);
    for (const auto& shard : all.process(0).shards())
      BOOST_TEST(shard->core().unacknowledged("n1") == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_new_node_gets_far_more_than_a_window_by_itself) {
  node_settings settings;
  settings.chunk_bytes = 4 * 1024;
  settings.replication.window_bytes = 16 * 1024;
  running_cluster all{2, settings};
  all.kill(1);
  for (int i = 0; i < 5'000; ++i)
    all.join(0, "key" + std::to_string(i), 9);
  all.start(1);
  all.expect_agreement(5s);
}

BOOST_AUTO_TEST_CASE(a_thousand_restarts_leave_one_record) {
  running_cluster all{3};
  for (int i = 0; i < 1'000; ++i) {
    all.start(2);
    all.join(2, "again", 9);
    all.run_for(duration{all.random.below(400'000)});
  }
  all.expect_agreement(10s);
  for (std::size_t i = 0; i < 3; ++i)
    for (const auto& shard : all.process(i).shards())
      BOOST_TEST(shard->set().replicas().size() == 3u);
}

BOOST_AUTO_TEST_CASE(thirty_nodes_agree_and_fall_silent) {
  running_cluster all{30};
  all.run_for(2s);
  const auto before = all.traffic();
  all.run_for(2s);
  BOOST_TEST(all.traffic() == before);
}

BOOST_AUTO_TEST_SUITE_END()
