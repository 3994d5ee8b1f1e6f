#include "rollcall/log.hpp"
#include "tests/cluster/cluster_nodes.hpp"
#include "tests/support/silent_log.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

using namespace rollcall;
using namespace std::chrono_literals;
using rollcall::test::cluster_node;
using rollcall::test::eventually;
using keys = std::set<std::string>;

namespace {

caf::behavior counting_shouts(caf::event_based_actor*,
                              std::shared_ptr<std::atomic<int>> shouts) {
  return {
      [](const topic_snapshot_ptr&) {},
      [](const diff_ptr&) {},
      [shouts](const topic_event_ptr& event) {
        if (event->event == "shout")
          ++*shouts;
      },
  };
}

caf::behavior counting_notices(caf::event_based_actor*,
                               std::shared_ptr<std::atomic<int>> notices) {
  return {[notices](const presence_replaced&) { ++*notices; }};
}

/// Why presences left, by key. The reader has a thread of its own.
class leave_reasons {
public:
  void take(const diff& change) {
    const std::lock_guard guard{mutex_};
    for (std::size_t i = 0; i < change.leaves.size(); ++i)
      all_[std::string{change.leaves[i]->key()}]
          = to_string(change.leave_reasons.at(i));
  }

  std::string of(const std::string& key) const {
    const std::lock_guard guard{mutex_};
    const auto found = all_.find(key);
    return found == all_.end() ? "" : found->second;
  }

private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> all_;
};

caf::behavior reason_reader(caf::event_based_actor*,
                            std::shared_ptr<leave_reasons> out) {
  return {
      [](const topic_snapshot_ptr&) {},
      [out](const diff_ptr& change) { out->take(*change); },
  };
}

struct two_nodes : rollcall::test::silent_log {
  cluster_node a{"a", {}};
  cluster_node b{"b", {.peers = {a.address()}}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(cluster_tests, two_nodes)

BOOST_AUTO_TEST_CASE(a_presence_on_one_node_shows_on_the_other) {
  BOOST_TEST(bool{a.track("room:1", "alice")});
  BOOST_TEST(bool{b.track("room:1", "bob")});
  BOOST_TEST(eventually([&] {
    return a.keys("room:1") == keys{"alice", "bob"}
           && b.keys("room:1") == keys{"alice", "bob"};
  }));
}

BOOST_AUTO_TEST_CASE(heartbeats_of_a_quiet_cluster_go_past_caf) {
  for (auto* each : {&a, &b})
    BOOST_TEST(
        eventually([&] { return each->net.stats().heartbeats_direct >= 10; }));
  const auto stats = a.net.stats();
  BOOST_TEST(stats.heartbeats_received >= stats.heartbeats_direct);
}

BOOST_AUTO_TEST_CASE(an_update_keeps_its_reference_across_nodes) {
  const auto alice = a.track("room:1", "alice");
  const auto done = a.who.update(alice, "room:1", "alice", "{\"v\":2}");
  BOOST_REQUIRE(done);
  BOOST_TEST(eventually([&] {
    const auto seen = b.who.get_by_key("room:1", "alice");
    return seen.size() == 1 && seen[0]->phx_ref() == done->phx_ref()
           && seen[0]->meta() == "{\"v\":2}";
  }));
}

BOOST_AUTO_TEST_CASE(an_owner_that_dies_leaves_on_both_nodes) {
  const auto alice = a.track("room:1", "alice");
  BOOST_REQUIRE(eventually([&] { return b.keys("room:1").size() == 1; }));
  caf::anon_send_exit(alice, caf::exit_reason::kill);
  BOOST_TEST(eventually([&] { return b.keys("room:1").empty(); }));
}

BOOST_AUTO_TEST_CASE(a_node_that_leaves_at_once_is_forgotten_at_once) {
  a.track("room:1", "alice");
  BOOST_REQUIRE(eventually([&] { return b.keys("room:1").size() == 1; }));
  a.stop(true);
  BOOST_TEST(eventually([&] { return b.keys("room:1").empty(); }));
  BOOST_TEST(eventually([&] { return b.net.peers().empty(); }));
}

BOOST_AUTO_TEST_CASE(a_node_that_goes_silently_is_down_after_a_while) {
  a.track("room:1", "alice");
  BOOST_REQUIRE(eventually([&] { return b.keys("room:1").size() == 1; }));
  a.stop(false);
  BOOST_TEST(b.keys("room:1").size() == 1u); // nobody flaps
  BOOST_TEST(eventually([&] { return b.keys("room:1").empty(); }));
  BOOST_TEST(eventually([&] { return !b.is_up("a"); }));
}

BOOST_AUTO_TEST_CASE(a_third_node_learns_the_others_from_one) {
  a.track("room:1", "alice");
  BOOST_REQUIRE(eventually([&] { return b.is_up("a"); }));
  cluster_node c{"c", {.peers = {b.address()}}};
  c.track("room:1", "carol");
  const keys all{"alice", "carol"};
  BOOST_TEST(eventually([&] {
    return a.keys("room:1") == all && b.keys("room:1") == all
           && c.keys("room:1") == all;
  }));
  BOOST_TEST(eventually([&] { return c.net.is_ready(); }));
  BOOST_TEST(eventually([&] {
    const auto peers = c.net.peers();
    return peers.size() == 2 && peers[0].has_line && peers[1].has_line;
  }));
}

BOOST_AUTO_TEST_CASE(a_restarted_node_is_a_new_life_without_its_old_presences) {
  a.track("room:1", "alice");
  BOOST_REQUIRE(eventually([&] { return b.keys("room:1").size() == 1; }));
  const auto address = a.address();
  a.stop(false);
  cluster_node again{"a", {.peers = {b.address()}, .listen = address}};
  again.track("room:1", "anna");
  BOOST_TEST(eventually([&] { return b.keys("room:1") == keys{"anna"}; }));
}

BOOST_AUTO_TEST_CASE(a_node_outgrows_a_later_life_of_its_own_name) {
  const auto address = a.address();
  a.track("room:1", "alice");
  BOOST_REQUIRE(eventually([&] { return b.keys("room:1").size() == 1; }));
  a.stop(false);
  // Its clock went back: this life claims to be older than the one before.
  cluster_node again{
      "a", {.peers = {b.address()}, .incarnation = 7, .listen = address}};
  again.track("room:1", "anna");
  BOOST_TEST(eventually([&] { return b.keys("room:1") == keys{"anna"}; }));
}

BOOST_AUTO_TEST_CASE(other_nodes_learn_why_a_presence_left) {
  const auto kicked = a.track("room:1", "kicked");
  const auto lost = a.track("room:1", "lost");
  a.track("room:1", "down");
  BOOST_REQUIRE(eventually([&] { return b.keys("room:1").size() == 3; }));
  auto reasons = std::make_shared<leave_reasons>();
  const auto reader = b.system.spawn(reason_reader, reasons);
  b.actors.push_back(reader);
  BOOST_REQUIRE(!b.who.subscribe(reader, "room:1"));
  caf::anon_send(kicked,
                 caf::exit_msg{kicked->address(), make_error(ec::kicked)});
  BOOST_TEST(eventually([&] { return reasons->of("kicked") == "kicked"; }));
  caf::anon_send_exit(lost, caf::exit_reason::kill);
  BOOST_TEST(eventually([&] { return reasons->of("lost") == "lost"; }));
  a.stop(false);
  BOOST_TEST(eventually([&] { return reasons->of("down") == "node_down"; }));
}

BOOST_AUTO_TEST_CASE(a_newer_session_ends_the_older_one_on_another_node) {
  const std::vector<single_session_rule> rules{
      {"arena:*", session_policy::newest}};
  cluster_node c{"c", {.cluster_name = "single", .single_session = rules}};
  cluster_node d{"d",
                 {.peers = {c.address()},
                  .cluster_name = "single",
                  .single_session = rules}};
  auto notices = std::make_shared<std::atomic<int>>(0);
  c.actors.push_back(c.system.spawn(counting_notices, notices));
  BOOST_REQUIRE(!!c.who.track(c.actors.back(), "arena:1", "user", "{}"));
  BOOST_REQUIRE(eventually([&] { return d.keys("arena:1").size() == 1; }));
  const auto newer = d.track("arena:1", "user");
  const auto is_alone = [&](const cluster_node& node) {
    const auto shown = node.who.list("arena:1");
    return shown.size() == 1 && shown.begin()->owner() == newer.id();
  };
  BOOST_TEST(eventually([&] { return is_alone(c) && is_alone(d); }));
  BOOST_TEST(eventually([&] { return *notices == 1; }));
  BOOST_TEST(c.who.stats().owners == 0u);
}

BOOST_AUTO_TEST_CASE(a_topic_that_is_ended_ends_on_every_node) {
  a.track("room:1", "ann");
  b.track("room:1", "bob");
  b.track("room:2", "bob");
  BOOST_REQUIRE(eventually([&] { return a.keys("room:1").size() == 2; }));
  auto reasons = std::make_shared<leave_reasons>();
  a.actors.push_back(a.system.spawn(reason_reader, reasons));
  BOOST_REQUIRE(!a.who.subscribe(a.actors.back(), "room:1"));
  BOOST_TEST(!a.who.end_topic("room:1"));
  BOOST_TEST(eventually([&] { return reasons->of("bob") == "kicked"; }));
  BOOST_TEST(reasons->of("ann") == "kicked");
  // The end of ann's presence comes to b on a way of its own.
  BOOST_TEST(eventually([&] { return b.keys("room:1").empty(); }));
  BOOST_TEST((b.keys("room:2") == keys{"bob"}));
}

BOOST_AUTO_TEST_CASE(a_node_that_starts_learns_who_was_last_here_and_when) {
  cluster_node c{"c", {.cluster_name = "seen", .last_seen_for = 1h}};
  const auto ann = c.track("room:1", "ann");
  BOOST_REQUIRE(!c.who.untrack(ann));
  cluster_node d{
      "d",
      {.peers = {c.address()}, .cluster_name = "seen", .last_seen_for = 1h}};
  BOOST_REQUIRE(eventually([&] { return d.who.last_seen("ann").has_value(); }));
  BOOST_TEST((*d.who.last_seen("ann") < 30s));
  d.track("room:1", "ann");
  BOOST_TEST(eventually([&] { return c.who.online({"ann"}).size() == 1; }));
}

BOOST_AUTO_TEST_CASE(an_event_reaches_subscribers_on_every_node) {
  BOOST_REQUIRE(eventually([&] { return a.is_up("b") && b.is_up("a"); }));
  // The listener runs on a thread of its own: only a count crosses over.
  auto shouts = std::make_shared<std::atomic<int>>(0);
  const auto listener = b.system.spawn(counting_shouts, shouts);
  b.actors.push_back(listener);
  BOOST_REQUIRE(!b.who.subscribe(listener, "room:1"));
  topic_event event;
  event.topic = "room:1";
  event.event = "shout";
  a.who.broadcast(std::make_shared<const topic_event>(event));
  BOOST_TEST(eventually([&] { return shouts->load() == 1; }));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(cluster_refusal_tests, rollcall::test::silent_log)

BOOST_AUTO_TEST_CASE(a_node_of_another_cluster_is_refused_on_both_sides) {
  cluster_node a{"a", {}};
  cluster_node b{"b", {.peers = {a.address()}, .cluster_name = "other"}};
  BOOST_TEST(eventually(
      [&] { return a.net.stats().refused > 0 && b.net.stats().refused > 0; }));
  BOOST_TEST(a.net.peers().empty());
}

BOOST_AUTO_TEST_CASE(a_node_with_another_shard_count_is_refused) {
  cluster_node a{"a", {}};
  cluster_node b{"b", {.peers = {a.address()}, .shards = 3}};
  BOOST_TEST(eventually([&] { return b.net.stats().refused > 0; }));
}

BOOST_AUTO_TEST_CASE(a_second_node_of_the_same_name_is_refused) {
  cluster_node a{"a", {}};
  cluster_node b{"a", {.peers = {a.address()}}};
  BOOST_TEST(eventually([&] { return b.net.stats().refused > 0; }));
}

BOOST_AUTO_TEST_CASE(a_node_without_peers_is_ready_by_itself) {
  cluster_node a{"a", {}};
  BOOST_TEST(eventually([&] { return a.net.is_ready(); }));
}

BOOST_AUTO_TEST_CASE(a_bad_setting_is_refused_by_name) {
  cluster_node a{"a", {.peers = {}, .listen = "nowhere"}};
  BOOST_TEST(a.problem
             == "invalid_config: listen is 'nowhere'; allowed: host:port, with "
                "[] around an IPv6 address");
}

BOOST_AUTO_TEST_SUITE_END()
