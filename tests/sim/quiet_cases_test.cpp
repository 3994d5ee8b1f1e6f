#include "tests/sim/node_cluster.hpp"
#include "tests/sim/node_names.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace rollcall;
using namespace rollcall::sim;
using namespace std::chrono_literals;
using crdt::node_event_kind;

namespace {

/// What a connection puts around a heartbeat, measured with `idle_bench`.
constexpr std::size_t frame_bytes = 52;

/// How many nodes the largest cluster has: `ROLLCALL_SIM_NODES` if set.
std::size_t many() {
  const auto* asked = std::getenv("ROLLCALL_SIM_NODES");
  return asked == nullptr ? 100 : std::stoul(asked);
}

/// Nodes with defaults, of which each knows all, and a presence on the first.
struct large_cluster : node_cluster {
  explicit large_cluster(std::size_t count, node_settings settings = {})
      : node_cluster{test::seed(), count, settings} {
    start_all();
    join(0, "first");
    const auto problem = settle(10s);
    BOOST_REQUIRE_MESSAGE(!problem,
                          *problem << "; ROLLCALL_TEST_SEED=" << test::seed());
    run_for(1s); // the last ones to be told
    events.clear();
  }

  [[nodiscard]] std::size_t bytes_sent() {
    std::size_t result = 0;
    for (std::size_t i = 0; i < size(); ++i)
      result
          += process(i).heartbeat_bytes + frame_bytes * process(i).heartbeats;
    return result;
  }

  /// Bytes that each node sends in a second, on average.
  std::size_t idle_rate() {
    const auto before = bytes_sent();
    run_for(1s);
    return (bytes_sent() - before) / size();
  }

  /// Nothing but numbers goes to each peer five times a second, and the state
  /// of its shards now and then.
  void expect_quiet() {
    const auto rate = idle_rate();
    BOOST_TEST_MESSAGE(size()
                       << " nodes: each sends " << rate << " bytes a second");
    BOOST_TEST(rate <= 5 * (size() - 1) * 85);
    BOOST_TEST(events.empty());
  }

  void expect_that_a_pause_harms_nobody() {
    const auto which = random.below(size());
    network.pause(which);
    run_for(1s);
    network.resume(which);
    run_for(500ms);
    BOOST_TEST(events.empty());
  }

  void expect_that_a_death_is_seen_by_all() {
    const auto killed = time.now();
    kill(size() / 2);
    run_for(2600ms);
    BOOST_TEST(events.size() == size() - 1);
    auto first = events.front().when;
    auto last = first;
    for (const auto& event : events) {
      BOOST_TEST((event.event.kind == node_event_kind::down));
      first = std::min(first, event.when);
      last = std::max(last, event.when);
    }
    BOOST_TEST_MESSAGE(size() << " nodes: a killed one is down after "
                              << (first - killed).count() / 1'000 << " to "
                              << (last - killed).count() / 1'000 << " ms");
    BOOST_TEST((first >= killed + 1'790ms));
    BOOST_TEST((last <= killed + 2'600ms));
    events.clear();
  }
};

void live_in_quiet(std::size_t count, std::uint16_t shards = 2) {
  node_settings settings;
  settings.shard_count = shards;
  large_cluster all{count, settings};
  all.expect_quiet();
  all.expect_that_a_pause_harms_nobody();
  all.expect_that_a_death_is_seen_by_all();
}

} // namespace

BOOST_AUTO_TEST_SUITE(quiet_cases_tests)

BOOST_AUTO_TEST_CASE(a_few_nodes_say_little_and_see_a_death) {
  for (const std::size_t count : {3, 6, 12, 24})
    live_in_quiet(count);
}

BOOST_AUTO_TEST_CASE(fifty_nodes_say_little_and_see_a_death) {
  live_in_quiet(50);
}

// The work grows with the square: 300 nodes take a minute and a half.
BOOST_AUTO_TEST_CASE(many_nodes_say_little_and_see_a_death) {
  live_in_quiet(many(), 1);
}

BOOST_AUTO_TEST_CASE(fifty_nodes_find_each_other_through_one_seed) {
  node_settings settings;
  settings.seed_count = 1;
  large_cluster all{50, settings};
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t other = 0; other < all.size(); ++other)
      BOOST_TEST_REQUIRE(
          (i == other || all.process(i).is_connected_to(name_of(other))));
  all.expect_quiet();
  all.kill(7);
  all.start(7);
  all.events.clear();
  BOOST_TEST(!all.settle(2s).has_value());
  BOOST_TEST(all.count(node_event_kind::down) == 0u);
}

// A quarter of all pairs cannot hear each other; all have a way over others.
BOOST_AUTO_TEST_CASE(
    fifty_nodes_with_many_connections_cut_stay_up_and_current) {
  large_cluster all{50};
  for (std::size_t i = 1; i < all.size(); ++i)
    for (std::size_t other = 1; other < i; ++other)
      if (all.random.chance(0.25))
        all.set_cut(i, other, true);
  all.run_for(8s);
  BOOST_TEST(all.events.empty());
  for (std::size_t i = 0; i < all.size(); ++i)
    all.join(i, "new" + std::to_string(i), 9);
  all.run_for(300ms);
  for (std::size_t i = 0; i < all.size(); ++i)
    BOOST_TEST(all.shown(i).size() == all.size() + 1);
  const auto rate = all.idle_rate();
  BOOST_TEST_MESSAGE(
      "50 nodes with a quarter of the connections cut: each sends "
      << rate << " bytes a second");
  all.kill(9);
  all.run_for(3s);
  BOOST_TEST(all.count(node_event_kind::down) == all.size() - 1);
  for (std::size_t i = 1; i < all.size(); ++i)
    for (std::size_t other = 1; other < i; ++other)
      all.set_cut(i, other, false);
  BOOST_TEST(!all.settle(10s).has_value());
  all.run_for(2s);
  all.events.clear();
  all.expect_that_a_pause_harms_nobody();
}

BOOST_AUTO_TEST_SUITE_END()
