#include "tests/sim/node_schedule.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace {

/// How many schedules to run: `ROLLCALL_SIM_SCHEDULES`.
std::uint64_t schedule_count() {
  const char* text = std::getenv("ROLLCALL_SIM_SCHEDULES");
  return text == nullptr ? 1'000 : std::stoull(text);
}

} // namespace

BOOST_AUTO_TEST_SUITE(node_schedule_tests)

// Goal: whatever happens to nodes, connections and processes, no wrong presence
// is ever shown, and after healing all agree with the owners. Method: schedules
// from consecutive seeds; to replay one, give its seed.
BOOST_AUTO_TEST_CASE(nodes_agree_after_any_schedule) {
  std::size_t writes = 0;
  std::size_t largest = 0;
  for (std::uint64_t i = 0; i < schedule_count(); ++i) {
    const auto seed = rollcall::test::seed() + i;
    rollcall::sim::node_schedule schedule{seed};
    const auto problem = schedule.run();
    writes += schedule.writes();
    largest = std::max(largest, schedule.size());
    if (problem)
      BOOST_FAIL(*problem << "; ROLLCALL_TEST_SEED=" << seed);
  }
  BOOST_TEST_MESSAGE(schedule_count()
                     << " schedules, " << writes << " writes, up to " << largest
                     << " nodes");
  BOOST_TEST(writes > schedule_count());
}

BOOST_AUTO_TEST_CASE(a_seed_of_a_cluster_replays_exactly) {
  rollcall::sim::node_schedule first{rollcall::test::seed()};
  rollcall::sim::node_schedule second{rollcall::test::seed()};
  BOOST_TEST((first.run() == second.run()));
  BOOST_TEST(first.writes() == second.writes());
}

BOOST_AUTO_TEST_SUITE_END()
