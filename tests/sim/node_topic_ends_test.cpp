// The end of a topic on all nodes. Each shard checks besides that what was
// there when it began is gone when it is done.
#include "tests/sim/running_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>

using namespace rollcall;
using namespace rollcall::sim;
using namespace std::chrono_literals;

namespace {

node_settings small_steps() {
  node_settings result;
  result.topic_end_looks = 2;
  return result;
}

struct three_nodes : running_cluster {
  three_nodes() : running_cluster{3, small_steps()} {
    for (std::size_t node = 0; node < 3; ++node)
      for (std::uint64_t i = 0; i < 10; ++i)
        join(node, "key" + std::to_string(i), 10 + i, "topic1",
             i % 2 == 0 ? 60'000 : 0);
    expect_agreement(10s);
  }

  std::size_t size_of(std::size_t observer, const std::string& topic) {
    return shard(observer, topic).list(topic).size();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_topic_ends_tests, three_nodes)

BOOST_AUTO_TEST_CASE(a_topic_ends_on_all_nodes_and_the_others_go_on) {
  end_owner(1, 10, leave_reason::lost); // What lingers ends as well.
  end_topic(0, "topic1");
  expect_agreement(5s);
  for (std::size_t node = 0; node < 3; ++node) {
    BOOST_TEST(size_of(node, "topic1") == 0u);
    BOOST_TEST(size_of(node, "topic0") == 3u);
  }
  BOOST_TEST(join(1, "key1", 11, "topic1")); // Its owner lives on.
  expect_agreement(5s);
  BOOST_TEST(size_of(0, "topic1") == 1u);
}

BOOST_AUTO_TEST_CASE(a_shard_that_crashes_goes_on_to_end_a_topic) {
  end_topic(0, "topic1");
  for (int i = 0; i < 40; ++i) {
    run_for(3ms);
    for (std::size_t node = 0; node < 3; ++node)
      shard(node, "topic1").crash_shard();
  }
  expect_agreement(20s);
  for (std::size_t node = 0; node < 3; ++node)
    BOOST_TEST(size_of(node, "topic1") == 0u);
}

BOOST_AUTO_TEST_CASE(a_node_that_is_cut_off_keeps_its_own) {
  cut_off(2, true);
  run_for(5s);
  end_topic(0, "topic1");
  run_for(5s);
  cut_off(2, false);
  expect_agreement(10s);
  for (std::size_t node = 0; node < 3; ++node)
    BOOST_TEST(size_of(node, "topic1") == 10u);
}

BOOST_AUTO_TEST_SUITE_END()
