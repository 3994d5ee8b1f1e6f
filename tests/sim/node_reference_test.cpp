#include "tests/sim/node_cluster.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall;
using namespace rollcall::sim;
using namespace std::chrono_literals;
using crdt::node_event_kind;

namespace {

/// The scenarios T1 to T16 of the reference tracker, as far as they are about
/// replication: node 0 is its "primary", 1 and 2 are its "node1" and "node2".
/// T12 (update by a function) is of the local API.
struct reference_nodes : node_cluster {
  reference_nodes() : node_cluster{test::seed(), 3, settings()} {
  }

  static node_settings settings() {
    node_settings result;
    result.membership.forget_after = 10s;
    result.shard_count = 1;
    return result;
  }

  void start_and_settle(std::initializer_list<std::size_t> which) {
    for (const auto node : which)
      start(node);
    expect_agreement();
  }

  void expect_agreement() {
    const auto problem = settle(10s);
    BOOST_REQUIRE_MESSAGE(!problem,
                          *problem << "; ROLLCALL_TEST_SEED=" << test::seed());
  }

  /// Expects that a call changes nothing, and that nobody is told of it.
  template <class Call>
  void expect_nothing_of(Call call) {
    const auto before = traffic();
    BOOST_TEST(!call());
    run_for(1s);
    BOOST_TEST(traffic() == before);
  }

  void set_deaf(bool is_deaf) {
    network.set_cut(1, 0, is_deaf);
    network.set_cut(2, 0, is_deaf);
  }

  std::optional<crdt::peer_view> peer(const std::string& name) {
    return process(0).members().peer(name, time.now());
  }

  const crdt::presence_set& set_of(std::size_t which) {
    return process(which).shards()[0]->set();
  }

  std::string ref_of(std::size_t observer, const std::string& topic) {
    return process(observer).shards()[0]->snapshot_of(topic).begin()->phx_ref();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_reference_tests, reference_nodes)

BOOST_AUTO_TEST_CASE(t1_a_node_alone_keeps_its_heart_beating) {
  start(0);
  run_for(1s);
  const auto before = process(0).members().counter();
  run_for(1s);
  BOOST_TEST(process(0).members().counter() == before + 5);
}

// The reference asks for a transfer; here the owner sends it, unasked.
BOOST_AUTO_TEST_CASE(t2_a_node_that_was_deaf_gets_what_another_has) {
  set_deaf(true);
  start(0);
  start(1);
  join(1, "alice");
  run_for(1s);
  BOOST_TEST(!shows(0, "alice"));
  set_deaf(false);
  expect_agreement();
  BOOST_TEST(shows(0, "alice"));
  BOOST_TEST(process(0).requests == 0u);
}

// The reference asks the one that dominates; here each owner sends its own, and
// who hears one of them first may ask it for the other.
BOOST_AUTO_TEST_CASE(t3_a_node_that_was_deaf_gets_what_all_have) {
  start_and_settle({0, 1, 2});
  set_deaf(true);
  join(1, "alice");
  join(1, "bob", 2);
  join(2, "carol");
  run_for(1s);
  BOOST_TEST((shows(2, "alice") && shows(1, "carol")));
  const auto before = witness.joins(0);
  set_deaf(false);
  expect_agreement();
  BOOST_TEST(witness.joins(0) == before + 3);
  BOOST_TEST(process(0).requests <= 2u);
}

BOOST_AUTO_TEST_CASE(t4_what_a_former_life_had_is_in_nobodys_table) {
  start_and_settle({0, 1, 2});
  join(1, "alice");
  expect_agreement();
  start(1);
  expect_agreement();
  BOOST_TEST((!shows(0, "alice") && !shows(1, "alice") && !shows(2, "alice")));
  BOOST_TEST(set_of(0).replicas().size() == 3u);
}

BOOST_AUTO_TEST_CASE(t5_suspend_resume_kill_and_start_again) {
  start_and_settle({0, 1, 2});
  join(1, "alice");
  join(2, "carol");
  expect_agreement();
  const auto incarnation = peer("n1")->who;
  network.pause(1);
  run_for(3s);
  BOOST_TEST(!shows(0, "alice"));
  BOOST_TEST(!peer("n1")->is_up);
  network.resume(1);
  expect_agreement();
  BOOST_TEST(shows(0, "alice"));
  BOOST_TEST((peer("n1")->who == incarnation));
  kill(1);
  run_for(3s);
  BOOST_TEST(!shows(0, "alice"));
  start(1);
  join(1, "bob");
  expect_agreement();
  BOOST_TEST((shows(0, "bob") && shows(0, "carol") && !shows(0, "alice")));
  BOOST_TEST((peer("n1")->who != incarnation));
  kill(1);
  run_for(15s);
  BOOST_TEST(!peer("n1").has_value());
}

BOOST_AUTO_TEST_CASE(t6_joins_and_ends_of_owners_here_and_there) {
  start_and_settle({0, 1});
  join(0, "alice", 1);
  join(0, "bob", 2);
  join(1, "carol", 3);
  expect_agreement();
  BOOST_TEST(shown(0).size() == 3u);
  end_owner(0, 1);
  end_owner(1, 3);
  expect_agreement();
  BOOST_TEST((!shows(0, "alice") && shows(0, "bob") && !shows(0, "carol")));
}

BOOST_AUTO_TEST_CASE(t7_what_a_killed_node_had_is_hidden_then_forgotten) {
  start_and_settle({0, 1});
  join(1, "alice");
  expect_agreement();
  const auto replica = set_of(1).self_tag();
  kill(1);
  run_for(3s);
  BOOST_TEST(!shows(0, "alice"));
  BOOST_TEST(set_of(0).progress_of(replica).seen == 1u);
  run_for(10s);
  BOOST_TEST(!set_of(0).knows(replica));
}

BOOST_AUTO_TEST_CASE(t8_the_end_of_nothing_says_nothing_to_anybody) {
  start_and_settle({0, 1});
  expect_nothing_of([this] { return leave(0, "nobody"); });
}

BOOST_AUTO_TEST_CASE(t9_an_owner_leaves_one_topic_and_stays_in_another) {
  start_and_settle({0, 1});
  join(0, "alice", 1, "topic0");
  join(0, "alice", 1, "topic1");
  leave(0, "alice", 1, "topic0");
  expect_agreement();
  BOOST_TEST((!shows(1, "alice", "topic0") && shows(1, "alice", "topic1")));
}

BOOST_AUTO_TEST_CASE(t10_an_owner_that_ends_leaves_every_topic) {
  start_and_settle({0, 1});
  join(0, "alice", 1, "topic0");
  join(0, "alice", 1, "topic1");
  expect_agreement();
  end_owner(0, 1);
  expect_agreement();
  BOOST_TEST(shown(1).empty());
}

BOOST_AUTO_TEST_CASE(t11_an_update_is_one_change_and_names_its_former_ref) {
  start_and_settle({0, 1});
  join(0, "alice");
  expect_agreement();
  const auto former = ref_of(1, "topic0");
  const auto before = witness.joins(1);
  update(0, "alice");
  expect_agreement();
  BOOST_TEST(witness.joins(1) == before + 1);
  BOOST_TEST(ref_of(1, "topic0") != former);
  BOOST_TEST(
      process(1).shards()[0]->snapshot_of("topic0").begin()->phx_ref_prev()
      == former);
}

BOOST_AUTO_TEST_CASE(t13_an_update_of_nothing_says_nothing_to_anybody) {
  start_and_settle({0, 1});
  expect_nothing_of([this] { return update(0, "nobody"); });
}

BOOST_AUTO_TEST_CASE(t14_an_owner_has_a_key_of_a_topic_once) {
  start_and_settle({0, 1});
  BOOST_TEST(join(0, "alice"));
  BOOST_TEST(!join(0, "alice"));
  BOOST_TEST(join(0, "alice", 1, "topic1"));
  BOOST_TEST(join(0, "bob"));
  BOOST_TEST(join(1, "alice")); // of another node's owner
  expect_agreement();
  BOOST_TEST(shown(1).size() == 4u);
}

BOOST_AUTO_TEST_CASE(t15_a_node_that_leaves_in_good_order_is_gone_at_once) {
  start_and_settle({0, 1});
  join(1, "alice");
  expect_agreement();
  leave(1);
  run_for(10ms);
  BOOST_TEST(!shows(0, "alice"));
  BOOST_TEST(!peer("n1").has_value());
  BOOST_TEST(set_of(0).replicas().size() == 1u);
}

// The loop of transfers of issues 135 and 136 of the reference.
BOOST_AUTO_TEST_CASE(t16_a_node_that_is_down_makes_nobody_ask_for_it) {
  start_and_settle({0, 1});
  join(0, "alice");
  join(1, "bob");
  expect_agreement();
  kill(1);
  run_for(3s);
  start(2);
  expect_agreement();
  BOOST_TEST(shows(2, "alice"));
  const auto before = traffic();
  run_for(5s);
  BOOST_TEST(peer("n1").has_value());
  BOOST_TEST(traffic() == before);
  run_for(10s);
  BOOST_TEST(!peer("n1").has_value());
  BOOST_TEST(traffic() == before);
}

BOOST_AUTO_TEST_SUITE_END()
