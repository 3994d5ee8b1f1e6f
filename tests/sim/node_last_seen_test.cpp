// When keys that are gone were last here: what each node knows of it.
#include "tests/sim/running_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>

using namespace rollcall;
using namespace rollcall::sim;
using namespace std::chrono_literals;

namespace {

struct three_nodes : running_cluster {
  explicit three_nodes(std::uint64_t seed = test::seed())
      : running_cluster{3, small_tables(), seed} {
  }

  static node_settings small_tables() {
    node_settings result;
    result.last_seen_max = 21;
    result.last_seen_page_bytes = 60; // A few keys in a packet.
    return result;
  }

  void come_and_go(std::size_t where, const std::string& key) {
    join(where, key, 7);
    run_for(1s);
    leave(where, key, 7);
    gone[key] = time.now();
  }

  void expect_known(std::size_t by, const std::string& key) {
    const auto seen = process(by).last_seen();
    BOOST_REQUIRE_MESSAGE(seen.contains(key), "n" << by << " knows " << key);
    const auto apart = seen.at(key) - gone[key];
    BOOST_TEST((apart >= -1ms));
    BOOST_TEST((apart <= crdt::last_seen::slack));
  }

  std::map<std::string, moment> gone;
};

/// Fills the tables of two nodes that do not hear each other, and lets them
/// meet. @returns packets that go on after all has come.
std::uint64_t packets_of_full_tables(three_nodes& all) {
  all.run_for(60s);
  all.cut_off(2, true);
  all.run_for(10s);
  for (const bool goes : {false, true})
    for (int i = 0; i < 20; ++i)
      for (const auto where : {std::size_t{0}, std::size_t{2}}) {
        const auto key = std::to_string(where) + "key" + std::to_string(i);
        goes ? all.leave(where, key, 7) : all.join(where, key, 7);
      }
  all.run_for(5s);
  all.cut_off(2, false);
  all.expect_agreement(20s);
  all.run_for(60s);
  const auto before = all.last_seen_traffic();
  all.run_for(60s);
  return all.last_seen_traffic() - before;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_last_seen_tests, three_nodes)

BOOST_AUTO_TEST_CASE(all_nodes_know_when_a_key_was_last_here) {
  come_and_go(0, "ann");
  run_for(1s);
  for (std::size_t by = 0; by < 3; ++by)
    expect_known(by, "ann");
  join(1, "ann", 8);
  run_for(1s);
  for (std::size_t by = 0; by < 3; ++by)
    BOOST_TEST(!process(by).last_seen().contains("ann"));
}

BOOST_AUTO_TEST_CASE(a_node_that_starts_learns_what_it_missed) {
  for (int i = 0; i < 20; ++i)
    come_and_go(0, "key" + std::to_string(i));
  kill(2);
  run_for(5s);
  start(2);
  run_for(5s);
  for (int i = 0; i < 20; ++i)
    expect_known(2, "key" + std::to_string(i));
}

BOOST_AUTO_TEST_CASE(a_node_that_was_cut_off_learns_what_it_missed) {
  run_for(60s);
  cut_off(2, true);
  run_for(10s);
  come_and_go(0, "ann");
  come_and_go(2, "bob");
  run_for(60s);
  cut_off(2, false);
  expect_agreement(20s);
  run_for(5s);
  for (std::size_t by = 0; by < 3; ++by) {
    expect_known(by, "ann");
    expect_known(by, "bob");
  }
}

/// Node 1 is the only one that meets both, and has just started when it is
/// told.
BOOST_AUTO_TEST_CASE(what_a_node_is_told_at_its_start_is_passed_on) {
  run_for(60s);
  kill(1);
  set_cut(0, 2, true);
  run_for(10s);
  come_and_go(2, "bob");
  run_for(60s);
  start(1);
  run_for(10s);
  expect_known(1, "bob");
  expect_known(0, "bob");
}

/// Node 1 is the only one that meets both.
BOOST_AUTO_TEST_CASE(what_a_third_node_saw_alone_is_passed_on) {
  run_for(60s);
  set_cut(0, 2, true);
  set_cut(1, 2, true);
  run_for(10s);
  come_and_go(2, "bob");
  run_for(60s);
  set_cut(1, 2, false);
  run_for(20s);
  expect_known(0, "bob");
}

BOOST_AUTO_TEST_CASE(nodes_that_agree_tell_each_other_nothing) {
  for (int i = 0; i < 20; ++i)
    come_and_go(0, "key" + std::to_string(i));
  run_for(60s);
  const auto before = last_seen_traffic();
  come_and_go(0, "ann");
  set_cut(0, 1, true); // They hear of each other through node 2.
  come_and_go(0, "bob");
  run_for(60s);
  BOOST_TEST(last_seen_traffic() == before);
}

/// Two crowds go at one moment, each seen by one node alone.
// Nodes that tell each other the same for ever do so with some seeds only.
BOOST_AUTO_TEST_CASE(nodes_whose_tables_are_full_fall_silent) {
  for (std::uint64_t i = 0; i < 8; ++i) {
    three_nodes all{test::seed() + i};
    BOOST_TEST(packets_of_full_tables(all) == 0u);
    for (std::size_t by = 0; by < 3; ++by)
      BOOST_TEST(all.process(by).last_seen().size() == 21u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
