// What subscribers are told, and when.
#include "tests/sim/running_cluster.hpp"

#include <boost/test/unit_test.hpp>

using namespace rollcall;
using namespace rollcall::sim;
using namespace std::chrono_literals;

namespace {

/// A node with a subscriber of a topic that has been quiet for a while.
struct one_subscriber : running_cluster {
  one_subscriber() : running_cluster{1, settings()} {
    join(0, "alice", 7);
    topic().subscribe("topic0", 0);
    run_for(1s);
    before = diffs();
  }

  static node_settings settings() {
    node_settings result;
    result.diff_window = 300ms;
    return result;
  }

  node_shard& topic() {
    return shard(0, "topic0");
  }

  std::uint64_t diffs() {
    return topic().dispatcher().deliveries;
  }

  std::uint64_t before = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_diffs_tests, one_subscriber)

BOOST_AUTO_TEST_CASE(a_join_in_a_quiet_topic_is_told_at_once) {
  join(0, "bob", 8);
  run_for(1ms);
  BOOST_TEST(diffs() == before + 1);
}

BOOST_AUTO_TEST_CASE(a_leave_waits_for_the_window) {
  leave(0, "alice", 7);
  run_for(299ms);
  BOOST_TEST(diffs() == before);
  run_for(2ms);
  BOOST_TEST(diffs() == before + 1);
}

BOOST_AUTO_TEST_CASE(who_reconnects_at_once_is_told_in_one_diff) {
  leave(0, "alice", 7);
  run_for(1ms);
  join(0, "alice", 8);
  run_for(1s);
  BOOST_TEST(diffs() == before + 1);
}

BOOST_AUTO_TEST_CASE(what_follows_a_diff_waits_for_the_window) {
  join(0, "bob", 8);
  for (int i = 0; i < 29; ++i) {
    run_for(10ms);
    update(0, "bob", 8);
  }
  BOOST_TEST(diffs() == before + 1);
  run_for(20ms);
  BOOST_TEST(diffs() == before + 2);
  run_for(1s);
  BOOST_TEST(diffs() == before + 2);
}

BOOST_AUTO_TEST_CASE(what_came_and_went_within_a_window_is_not_told) {
  leave(0, "alice", 7);
  join(0, "alice", 7);
  leave(0, "alice", 7);
  run_for(1s);
  BOOST_TEST(diffs() == before + 1);
  join(0, "bob", 8);
  run_for(1ms);
  join(0, "carol", 9);
  leave(0, "carol", 9);
  run_for(1s);
  BOOST_TEST(diffs() == before + 2);
}

BOOST_AUTO_TEST_SUITE_END()
