#include "crdt/cluster/heartbeats.hpp"
#include "rollcall/limits.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace rollcall::test {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view no_text = "\xf3";

const crdt::node_life self{"a", 1};

/// A heartbeat of "b", which heard number `counter` of "a" `held` ago.
wire::beat answer_to(std::uint64_t counter, std::chrono::microseconds held) {
  wire::beat result;
  result.membership.sender = {"b", 1};
  result.membership.others.push_back({self, counter, true, {}});
  result.held.push_back(static_cast<std::uint64_t>(held.count()));
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(heartbeats_tests)

BOOST_AUTO_TEST_CASE(every_name_in_a_heartbeat_is_a_name) {
  const crdt::node_life good{"a", 1};
  const crdt::node_life bad{std::string{no_text}, 1};
  crdt::heartbeat message;
  message.sender = good;
  message.others.push_back({good, 1, true, {}});
  message.departed.push_back(good);
  BOOST_TEST(crdt::has_good_names(message));
  message.others.push_back({bad, 1, true, {}});
  BOOST_TEST(!crdt::has_good_names(message));
  message.others.pop_back();
  message.departed.push_back(
      {std::string(limits::node_name_bytes_max + 1, 'a'), 1});
  BOOST_TEST(!crdt::has_good_names(message));
  message.departed.clear();
  message.sender = bad;
  BOOST_TEST(!crdt::has_good_names(message));
}

BOOST_AUTO_TEST_CASE(a_round_trip_is_without_the_time_that_the_peer_waited) {
  crdt::heartbeats all;
  all.sent(7, 1000ms);
  BOOST_TEST((all.round_trip(answer_to(7, 150ms), self, 1200ms) == 50ms));
}

BOOST_AUTO_TEST_CASE(what_was_never_sent_has_no_round_trip) {
  crdt::heartbeats all;
  all.sent(7, 1000ms);
  BOOST_TEST(!all.round_trip(answer_to(8, 150ms), self, 1200ms));
  BOOST_TEST(!all.round_trip(answer_to(7, 201ms), self, 1200ms));
  BOOST_TEST(!all.round_trip(answer_to(7, -1us), self, 1200ms));
  BOOST_TEST(!all.round_trip(answer_to(7, 150ms), {"a", 2}, 1200ms));
}

BOOST_AUTO_TEST_CASE(an_own_pause_makes_nobody_silent) {
  crdt::heartbeats all;
  all.heard("b", 1000ms);
  all.forgive(500ms, 2000ms);
  BOOST_TEST((all.last_heard("b") == 1500ms));
  all.forgive(5000ms, 2000ms);
  BOOST_TEST((all.last_heard("b") == 2000ms)); // not in the future
  all.forget("b");
  BOOST_TEST(!all.last_heard("b"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
