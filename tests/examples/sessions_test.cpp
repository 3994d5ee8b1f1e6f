// A name is in the lobby once, on all nodes.
#include "tests/examples/arena_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace arena;
using namespace arena::test;

namespace {

std::size_t connected(const std::vector<person_ptr>& all) {
  std::size_t result = 0;
  for (const auto& one : all)
    result += one->is_connected() ? 1 : 0;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(arena_sessions_tests)

BOOST_AUTO_TEST_CASE(a_login_ends_the_older_one_of_its_node) {
  arena_world arena{1};
  const auto older = arena.login(0, "ann");
  const auto newer = arena.login(0, "ann");
  BOOST_TEST(older->latest("replaced") == "replaced ann");
  BOOST_TEST(!older->is_connected());
  BOOST_TEST(newer->is_connected());
  BOOST_TEST(newer->latest("welcome") == "welcome ann 1000 0 0");
}

BOOST_AUTO_TEST_CASE(a_login_ends_the_older_one_of_another_node) {
  arena_world arena{2};
  const auto older = arena.login(0, "ann");
  const auto newer = arena.login(1, "ann");
  arena.world.advance(100ms);
  BOOST_TEST(older->latest("replaced") == "replaced ann");
  BOOST_TEST(!older->is_connected());
  BOOST_TEST(newer->is_connected());
}

BOOST_AUTO_TEST_CASE(of_two_logins_on_two_nodes_at_one_moment_one_stays) {
  arena_world arena{3};
  arena.world.delay(0, 1, 30ms);
  const auto first = arena.login(0, "ann");
  const auto second = arena.login(1, "ann");
  BOOST_TEST(connected({first, second}) == 2u);
  arena.world.advance(200ms);
  BOOST_TEST(connected({first, second}) == 1u);
  for (std::size_t i = 0; i < 3; ++i)
    BOOST_TEST(arena.world[i].presence().list(lobby_topic).size() == 1u);
}

BOOST_AUTO_TEST_CASE(of_logins_on_both_sides_of_a_cut_the_newest_stays) {
  arena_world arena{2};
  arena.world.cut(0, 1);
  arena.world.advance(3s);
  const auto first = arena.login(0, "ann");
  arena.world.advance(1s);
  const auto second = arena.login(1, "ann");
  arena.world.advance(10s);
  BOOST_TEST(connected({first, second}) == 2u);
  arena.world.heal(0, 1);
  BOOST_TEST(arena.world.await([&] { return !first->is_connected(); }));
  arena.world.advance(5s);
  BOOST_TEST(first->was_told("replaced"));
  BOOST_TEST(second->is_connected());
}

BOOST_AUTO_TEST_CASE(
    the_match_of_a_connection_that_is_replaced_goes_to_the_other) {
  arena_world arena{2};
  const auto ann = arena.idle(0, "ann");
  const auto bob = arena.idle(1, "bob");
  BOOST_TEST(arena.world.await([&] { return ann->is_to_move(); }));
  ann->type({verb::take, {}, 1, {}});
  BOOST_TEST(arena.world.await([&] { return bob->is_to_move(); }));
  const auto anew = arena.login(1, "ann");
  BOOST_TEST(arena.world.await([&] { return bob->was_told("over"); }));
  BOOST_TEST(bob->latest("over") == "over won opponent_left 1000");
  BOOST_TEST(anew->is_connected());
}

BOOST_AUTO_TEST_SUITE_END()
