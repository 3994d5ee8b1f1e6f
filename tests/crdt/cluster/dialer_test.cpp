#include "crdt/cluster/dialer.hpp"
#include "crdt/cluster/peer_address.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

namespace rollcall::test {

namespace {

using namespace std::chrono_literals;
using addresses = std::vector<std::string>;

struct one_dialer {
  crdt::dialer here{100ms, 5s, 1};
  crdt::connection_table connections;
  crdt::tick_time now{};

  addresses due(std::vector<crdt::peer_view> peers = {}) {
    return here.due(peers, connections, now);
  }

  /// Lets attempts fail. @returns how long the dialer waited after the last.
  /// @pre one is under way.
  crdt::tick_time wait_after(int failures, bool is_slow) {
    auto end = now;
    for (int i = 0; i < failures; ++i) {
      here.done("a:1", false, is_slow, now);
      end = now;
      while (due().empty() && now < end + 1min)
        now += 1ms;
    }
    return now - end;
  }
};

crdt::peer_view peer_at(const std::string& name, const std::string& address) {
  return {{name, 1}, true, false, {}, address};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(dialer_tests, one_dialer)

BOOST_AUTO_TEST_CASE(an_address_is_host_and_port) {
  const auto parsed = crdt::parse_peer_address("[::1]:4000");
  BOOST_REQUIRE(parsed);
  BOOST_TEST(parsed->host == "::1");
  BOOST_TEST(parsed->port == 4000);
  for (const auto* bad : {"", "a", ":1", "a:", "a:x", "a:70000", "::1:4000"})
    BOOST_TEST(!crdt::parse_peer_address(bad));
}

BOOST_AUTO_TEST_CASE(an_attempt_under_way_is_not_made_twice) {
  here.add_seed("a:1");
  BOOST_TEST((due() == addresses{"a:1"}));
  BOOST_TEST(due().empty());
}

BOOST_AUTO_TEST_CASE(each_failure_waits_longer_up_to_a_bound) {
  here.add_seed("a:1");
  BOOST_REQUIRE(due().size() == 1u);
  const auto first = wait_after(1, false);
  BOOST_TEST((first >= 50ms && first <= 102ms));
  const auto later = wait_after(3, false);
  BOOST_TEST((later >= 400ms && later <= 802ms));
  const auto last = wait_after(30, false);
  BOOST_TEST((last >= 2500ms && last <= 5002ms));
}

BOOST_AUTO_TEST_CASE(an_answer_that_will_not_change_soon_waits_longest) {
  here.add_seed("a:1");
  BOOST_REQUIRE(due().size() == 1u);
  BOOST_TEST((wait_after(1, true) >= 2500ms));
}

BOOST_AUTO_TEST_CASE(who_is_connected_is_not_dialed) {
  here.add_seed("a:1");
  connections.add(crdt::connection_id{1}).address = "a:1";
  BOOST_TEST(due().empty());
  connections.add(crdt::connection_id{2});
  connections.accept(crdt::connection_id{2}, {"b", 1});
  BOOST_TEST(due({peer_at("b", "b:1")}).empty());
  connections.erase(crdt::connection_id{2});
  BOOST_TEST((due({peer_at("b", "b:1")}) == addresses{"b:1"}));
}

BOOST_AUTO_TEST_CASE(what_was_told_goes_with_its_node_and_settings_stay) {
  here.add_seed("a:1");
  BOOST_TEST(due({peer_at("b", "b:1")}).size() == 2u);
  here.done("a:1", false, false, now);
  here.done("b:1", false, false, now);
  BOOST_TEST(due().empty());
  now += 10s;
  BOOST_TEST((due() == addresses{"a:1"}));
}

BOOST_AUTO_TEST_CASE(the_own_address_and_what_is_none_are_never_dialed) {
  here.add_seed("me:1");
  here.forget_own("me:1");
  BOOST_TEST(due({peer_at("b", "nowhere"), peer_at("c", "")}).empty());
  BOOST_TEST(here.has_tried_all());
}

BOOST_AUTO_TEST_CASE(all_settings_are_tried_when_each_attempt_has_ended) {
  here.add_seed("a:1");
  here.add_seed("b:1");
  BOOST_TEST(due().size() == 2u);
  here.done("a:1", true, false, now);
  BOOST_TEST(!here.has_tried_all());
  here.done("b:1", false, false, now);
  BOOST_TEST(here.has_tried_all());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
