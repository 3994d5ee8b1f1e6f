#include "crdt/cluster/heartbeats.hpp"
#include "rollcall/limits.hpp"
#include "tests/crdt/cluster/one_core.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::test {

namespace {

constexpr std::string_view no_text = "\xf3";

} // namespace

BOOST_AUTO_TEST_SUITE(heartbeats_tests)

BOOST_AUTO_TEST_CASE(every_name_in_a_heartbeat_is_a_name) {
  const crdt::node_incarnation good{"a", 1};
  const crdt::node_incarnation bad{std::string{no_text}, 1};
  crdt::heartbeat message;
  message.others.push_back({good, 1, true, {}, {}});
  message.missing = message.relays = {good.name};
  message.departed.push_back(good);
  BOOST_TEST(crdt::has_good_names(message));
  message.others.push_back({bad, 1, true, {}, {}});
  BOOST_TEST(!crdt::has_good_names(message));
  message.others.pop_back();
  message.departed.push_back(
      {std::string(limits::node_name_bytes_max + 1, 'a'), 1});
  BOOST_TEST(!crdt::has_good_names(message));
  message.departed.clear();
  message.missing = {bad.name};
  BOOST_TEST(!crdt::has_good_names(message));
  message.missing.reset();
  message.relays = {bad.name};
  BOOST_TEST(!crdt::has_good_names(message));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A node whose peer "b" acknowledges each heartbeat with an empty one.
struct quiet_pair : crdt::test::one_core {
  quiet_pair() {
    dial_b();
    greet(to_b, "b");
    shards.known = {{{1}, {5, 5}}};
    next_interval();
    next_interval();
  }

  /// One interval. @returns what was told in it.
  std::vector<crdt::shard_report> next_interval() {
    pass(std::chrono::milliseconds{200});
    const auto sent = heartbeats().at(0);
    wire::heartbeat answer;
    answer.membership.counter = ++counter;
    answer.membership.order.sequence = counter;
    answer.membership.order.echo = sent.membership.order.sequence;
    take(to_b, answer);
    return sent.shards;
  }

  static bool is_whole(const std::vector<crdt::shard_report>& reports) {
    return !reports.empty() && reports[0].is_whole;
  }

  static constexpr auto to_b = crdt::test::to_b;
  std::uint64_t counter = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(quiet_heartbeats_tests, quiet_pair)

BOOST_AUTO_TEST_CASE(shards_are_asked_nothing_as_long_as_nothing_changes) {
  shards.questions = 0;
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(next_interval().empty());
  BOOST_TEST(shards.questions == 0u);
}

BOOST_AUTO_TEST_CASE(what_changes_is_told_until_it_is_acknowledged) {
  shards.known = {{{1}, {6, 6}}};
  ++shards.changes;
  for (int i = 0; i < 2; ++i) {
    pass(std::chrono::milliseconds{200});
    BOOST_REQUIRE(heartbeats().at(0).shards.size() == 2u);
    BOOST_TEST((heartbeats()[0].shards[1].replicas == shards.known));
  }
  BOOST_TEST(!next_interval().empty());
  BOOST_TEST(next_interval().empty());
}

BOOST_AUTO_TEST_CASE(everything_is_told_now_and_then) {
  unsigned whole = 0;
  for (unsigned i = 0; i < 2 * (crdt::heartbeats::whole_every + 1); ++i)
    whole += is_whole(next_interval()) ? 1 : 0;
  BOOST_TEST(whole == 2u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_lost_its_past_is_told_everything) {
  BOOST_TEST(!is_whole(next_interval()));
  wire::heartbeat lost;
  lost.membership.counter = ++counter;
  lost.membership.order.sequence = counter;
  lost.membership.order.has_gap = true;
  take(to_b, lost);
  BOOST_TEST(is_whole(next_interval()));
}

BOOST_AUTO_TEST_CASE(a_shard_that_is_not_settled_any_more_hears_of_it) {
  shards.are_settled = false;
  ++shards.changes;
  next_interval();
  BOOST_TEST(all<crdt::to_shard>().size() == 2u);
  next_interval();
  BOOST_TEST(all<crdt::to_shard>().size() == 2u);
  shards.are_settled = true;
  ++shards.changes;
  next_interval();
  BOOST_TEST(all<crdt::to_shard>().empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
