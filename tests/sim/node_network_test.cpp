#include "crdt/wire/cluster_wire.hpp"
#include "tests/sim/node_network.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace rollcall;
using namespace std::chrono_literals;

namespace {

/// Nodes 0 and 1 with a connection that node 0 opened.
struct two_nodes {
  two_nodes() {
    network.start(0);
    network.start(1);
    network.connect(0, 1);
    time.run_until(100ms);
    BOOST_REQUIRE(id.has_value());
  }

  void send(std::size_t from, const std::string& bytes) {
    network.send(from, *id, bytes);
  }

  void wait(sim::duration how_long) {
    time.run_until(time.now() + how_long);
  }

  sim::simulated_time time;
  test::random_source random{1};
  std::optional<crdt::connection_id> id;
  std::vector<std::string> arrived; ///< At either node.
  std::vector<crdt::dial_outcome> dials;
  sim::node_network network{
      time, random, 2,
      sim::node_network::handlers{
          [this](std::size_t, std::size_t, crdt::connection_id fresh, bool) {
            id = fresh;
          },
          [](std::size_t, crdt::connection_id) {},
          [this](std::size_t, std::size_t, crdt::dial_outcome outcome,
                 crdt::connection_id) { dials.push_back(outcome); },
          [this](std::size_t, crdt::connection_id, const std::string& bytes,
                 bool) { arrived.push_back(bytes); }}};
};

using texts = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_network_tests, two_nodes)

BOOST_AUTO_TEST_CASE(a_message_arrives_within_the_delay) {
  send(0, "a");
  wait(199us);
  BOOST_TEST(arrived.empty());
  wait(2ms);
  BOOST_TEST(arrived == texts{"a"});
}

BOOST_AUTO_TEST_CASE(
    a_cut_is_one_way_and_holds_what_is_sent_until_it_is_mended) {
  network.set_cut(0, 1, true);
  send(0, "a");
  send(1, "b");
  wait(10ms);
  BOOST_TEST(arrived == texts{"b"});
  network.set_cut(0, 1, false);
  wait(10ms);
  BOOST_TEST(arrived == (texts{"b", "a"}));
}

BOOST_AUTO_TEST_CASE(a_paused_node_gets_all_when_it_goes_on) {
  network.pause(1);
  send(0, "a");
  wait(10ms);
  BOOST_TEST(arrived.empty());
  network.resume(1);
  BOOST_TEST(arrived == texts{"a"});
}

BOOST_AUTO_TEST_CASE(only_intervals_come_a_second_time) {
  network.faults.repeat = 1;
  std::string packet;
  wire::begin_shard_packet(0, packet);
  send(0, "a");
  send(0, packet);
  wait(10s);
  BOOST_TEST(arrived == (texts{"a", packet, packet}));
}

BOOST_AUTO_TEST_CASE(a_node_may_be_rejected) {
  network.break_connections(0, 1);
  wait(2s);
  network.faults.rejection = 1;
  network.connect(0, 1);
  wait(1s);
  BOOST_TEST((dials.back() == crdt::dial_outcome::rejected));
}

BOOST_AUTO_TEST_SUITE_END()
