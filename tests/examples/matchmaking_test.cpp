// What the matchmakers of several nodes decide while links are cut and healed.
#include "tests/examples/arena_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace arena;
using namespace arena::test;

namespace {

bool are_in_one_match(const person_ptr& one, const person_ptr& other) {
  const auto topic = [](const person_ptr& who) {
    const auto told = who->latest("match ");
    return told.substr(0, told.find(' ', 6));
  };
  return !topic(one).empty() && topic(one) == topic(other);
}

} // namespace

BOOST_AUTO_TEST_SUITE(matchmaking_tests)

BOOST_AUTO_TEST_CASE(idle_players_of_different_nodes_meet_within_a_round) {
  arena_world arena{3};
  const auto ann = arena.idle(1, "ann");
  const auto bob = arena.idle(2, "bob");
  BOOST_TEST(arena.world.await([&] { return are_in_one_match(ann, bob); }, 1s));
  BOOST_TEST(ann->is_to_move());
  ann->type({verb::take, {}, 3, {}});
  BOOST_TEST(arena.world.await([&] { return bob->is_to_move(); }, 1s));
  BOOST_TEST(bob->latest("took") == "took ann 3");
}

BOOST_AUTO_TEST_CASE(each_part_of_a_split_cluster_makes_its_own_matches) {
  arena_world arena{4};
  arena.world.cut(0, 2);
  arena.world.cut(0, 3);
  arena.world.cut(1, 2);
  arena.world.cut(1, 3);
  arena.world.advance(3s); // Each part has missed the other.
  const auto ann = arena.idle(0, "ann");
  const auto bob = arena.idle(1, "bob");
  const auto cat = arena.idle(2, "cat");
  const auto dan = arena.idle(3, "dan");
  arena.world.advance(2s);
  BOOST_TEST(are_in_one_match(ann, bob));
  BOOST_TEST(are_in_one_match(cat, dan));
}

BOOST_AUTO_TEST_CASE(two_who_waited_on_both_sides_of_a_cut_meet_when_it_heals) {
  arena_world arena{2};
  arena.world.cut(0, 1);
  arena.world.advance(3s);
  const auto ann = arena.idle(0, "ann");
  const auto bob = arena.idle(1, "bob");
  arena.world.advance(10s);
  BOOST_TEST(!ann->was_told("match"));
  BOOST_TEST(!bob->was_told("match"));
  arena.world.heal(0, 1);
  BOOST_TEST(arena.world.await([&] { return are_in_one_match(ann, bob); }));
}

BOOST_AUTO_TEST_CASE(a_cut_that_is_not_noticed_costs_nobody_the_match) {
  arena_world arena{2};
  const auto ann = arena.idle(0, "ann");
  const auto bob = arena.idle(1, "bob");
  BOOST_TEST(arena.world.await([&] { return ann->is_to_move(); }));
  arena.world.cut(0, 1);
  ann->type({verb::take, {}, 2, {}});
  arena.world.advance(1s);
  BOOST_TEST(!bob->is_to_move());
  arena.world.heal(0, 1);
  BOOST_TEST(arena.world.await([&] { return bob->is_to_move(); }, 1s));
  BOOST_TEST(!ann->was_told("over"));
}

BOOST_AUTO_TEST_CASE(a_match_that_a_cut_ends_has_one_winner) {
  arena_world arena{2};
  const auto ann = arena.idle(0, "ann");
  const auto bob = arena.idle(1, "bob");
  BOOST_TEST(arena.world.await([&] { return ann->is_to_move(); }));
  ann->type({verb::take, {}, 2, {}});
  BOOST_TEST(arena.world.await([&] { return bob->is_to_move(); }));
  arena.world.cut(0, 1);
  BOOST_TEST(arena.world.await(
      [&] { return ann->was_told("over") && bob->was_told("over"); }));
  // Each believes that the other has left; what was recorded first counts.
  BOOST_TEST(arena.played->size() == 1u);
  const auto won = [](const person_ptr& who) {
    return who->latest("over").starts_with("over won");
  };
  BOOST_TEST(won(ann) != won(bob));
  arena.world.heal(0, 1);
  BOOST_TEST(arena.world.await_whole());
  arena.world.advance(1s);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto lobby = arena.world[i].presence().list(lobby_topic);
    BOOST_TEST(lobby.size() == 2u);
    for (const auto& player : lobby)
      BOOST_TEST(
          (read_lobby_meta(player.meta())->status == player_status::away));
  }
}

BOOST_AUTO_TEST_CASE(a_cut_while_a_match_is_offered_leaves_nobody_waiting) {
  arena_world arena{3};
  arena.world.delay(0, 2, 100ms);
  const auto ann = arena.idle(1, "ann");
  const auto bob = arena.idle(2, "bob");
  // The matchmaker of node 0 offers; the offer to node 2 is under way.
  BOOST_TEST(arena.world.await([&] {
    const auto lobby = arena.world[1].presence().get_by_key(lobby_topic, "ann");
    return read_lobby_meta(lobby.front()->meta())->status
           == player_status::playing;
  }));
  arena.world.cut(2);
  arena.world.advance(8s);
  BOOST_TEST(!ann->was_told("match"));
  arena.world.heal(2);
  BOOST_TEST(
      arena.world.await([&] { return are_in_one_match(ann, bob); }, 20s));
}

BOOST_AUTO_TEST_CASE(another_node_makes_the_matches_when_the_first_is_lost) {
  arena_world arena{3};
  arena.world.kill(0);
  const auto ann = arena.idle(1, "ann");
  const auto bob = arena.idle(2, "bob");
  arena.world.advance(1s);
  BOOST_TEST(!ann->was_told("match")); // The first is not missed yet.
  BOOST_TEST(arena.world.await([&] { return are_in_one_match(ann, bob); }, 3s));
  arena.restart(0);
  const auto cat = arena.idle(0, "cat");
  const auto dan = arena.idle(2, "dan");
  BOOST_TEST(arena.world.await([&] { return are_in_one_match(cat, dan); }));
}

BOOST_AUTO_TEST_SUITE_END()
