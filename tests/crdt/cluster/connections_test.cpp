#include "crdt/cluster/connections.hpp"

#include <boost/test/unit_test.hpp>

using namespace rollcall::crdt;
using namespace std::chrono_literals;

namespace {

constexpr connection_id to_b{1};
constexpr connection_id to_c{2};

} // namespace

BOOST_AUTO_TEST_SUITE(connections_tests)

BOOST_AUTO_TEST_CASE(a_connection_is_found_by_the_node_that_was_accepted) {
  connection_table all;
  all.add(to_b);
  all.add(to_c);
  BOOST_TEST(!all.to_node("b").has_value());
  all.accept(to_b, {"b", 1});
  all.accept(to_c, {"c", 1});
  BOOST_TEST((all.to_node("b") == to_b));
  BOOST_TEST((all.find(to_b)->node == node_incarnation{"b", 1}));
  all.accept(to_b, {"b", 2});
  all.erase(to_c);
  BOOST_TEST((all.to_node("b") == to_b));
  BOOST_TEST(!all.to_node("c").has_value());
  BOOST_TEST(all.accepted().size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_brings_nothing_is_overdue) {
  connection_table all;
  all.add(to_b).since = 1s;
  all.add(to_c).since = 1s;
  all.find(to_c)->heard_at = 2s;
  BOOST_TEST(all.overdue(2s, 3s).empty());
  const auto first = all.overdue(2s, 3s + 1ms);
  BOOST_REQUIRE(first.size() == 1u);
  BOOST_TEST((first[0].first == to_b));
  BOOST_TEST(all.overdue(2s, 4s + 1ms).size() == 2u);
}

BOOST_AUTO_TEST_CASE(who_was_refused_is_overdue_at_its_time) {
  connection_table all;
  all.add(to_b).close_at = 1s;
  BOOST_TEST(all.overdue(60s, 999ms).empty());
  BOOST_TEST(all.overdue(60s, 1s).size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_own_pause_makes_no_connection_silent) {
  connection_table all;
  auto& b = all.add(to_b);
  b.since = 500ms;
  b.heard_at = 1000ms;
  all.forgive(500ms, 2000ms);
  BOOST_TEST((b.since == 1000ms));
  BOOST_TEST((b.heard_at == 1500ms));
  all.forgive(5000ms, 2000ms);
  BOOST_TEST((b.heard_at == 2000ms)); // not in the future
}

BOOST_AUTO_TEST_SUITE_END()
