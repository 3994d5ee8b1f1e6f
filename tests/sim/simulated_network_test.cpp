#include "tests/sim/simulated_network.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace std::chrono_literals;
using rollcall::sim::simulated_network;
using rollcall::sim::simulated_time;

namespace {

struct three_nodes {
  simulated_time time;
  rollcall::test::random_source random{1};
  std::vector<std::string> arrived;
  simulated_network<int> network{
      time, random, 3, [this](std::size_t from, std::size_t to, int message) {
        arrived.push_back(std::to_string(from) + ">" + std::to_string(to) + ":"
                          + std::to_string(message));
      }};
};

using names = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(simulated_network_tests, three_nodes)

BOOST_AUTO_TEST_CASE(events_happen_in_order_of_time_then_of_planning) {
  std::string order;
  time.after(2ms, [&] { order += 'c'; });
  time.after(1ms, [&] {
    order += 'a';
    time.after(0ms, [&] { order += 'b'; });
  });
  time.run_until(5ms);
  BOOST_TEST(order == "abc");
  BOOST_TEST((time.now() == 5ms));
}

BOOST_AUTO_TEST_CASE(a_message_arrives_within_the_delay) {
  network.send(0, 1, 7);
  time.run_until(999us);
  BOOST_TEST(arrived.empty());
  time.run_until(5ms);
  BOOST_TEST(arrived == (names{"0>1:7"}));
}

BOOST_AUTO_TEST_CASE(a_cut_is_one_way_and_loses_what_is_under_way) {
  network.send(0, 1, 1);
  network.set_cut(0, 1, true);
  network.send(0, 1, 2);
  network.send(1, 0, 3);
  time.run_until(10ms);
  BOOST_TEST(arrived == (names{"1>0:3"}));
}

BOOST_AUTO_TEST_CASE(a_paused_node_gets_all_when_it_goes_on) {
  network.pause(1);
  network.send(0, 1, 1);
  time.run_until(10ms);
  BOOST_TEST(arrived.empty());
  network.resume(1);
  BOOST_TEST(arrived == (names{"0>1:1"}));
}

BOOST_AUTO_TEST_CASE(loss_and_duplication_do_what_they_say) {
  network.faults.loss = 1;
  network.send(0, 1, 1);
  network.faults = {.loss = 0, .duplication = 1};
  network.send(0, 2, 2);
  time.run_until(10ms);
  BOOST_TEST(arrived == (names{"0>2:2", "0>2:2"}));
}

BOOST_AUTO_TEST_SUITE_END()
