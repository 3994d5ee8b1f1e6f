#include "app/examples/arena/meta.hpp"
#include "app/examples/arena/nim.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <vector>

namespace arena {

BOOST_AUTO_TEST_SUITE(meta_tests)

BOOST_AUTO_TEST_CASE(a_player_in_the_lobby_is_read_as_written) {
  const auto read = read_lobby_meta(
      to_json(lobby_meta{player_status::playing, 1016, "match:1"}));
  BOOST_REQUIRE(read);
  BOOST_TEST((read->status == player_status::playing));
  BOOST_TEST(read->rating == 1016);
  BOOST_TEST(read->match == "match:1");
}

BOOST_AUTO_TEST_CASE(a_player_without_a_match_has_none) {
  BOOST_TEST(to_json(lobby_meta{player_status::idle, 1000, {}})
             == R"({"status":"idle","rating":1000})");
}

BOOST_AUTO_TEST_CASE(what_is_no_player_of_the_lobby_is_not_read) {
  for (const auto* text :
       {"", "[]", "{}", R"({"status":"idle"})", R"({"rating":1})",
        R"({"status":"asleep","rating":1})", R"({"status":1,"rating":1})",
        R"({"status":"idle","rating":"1"})"})
    BOOST_TEST(!read_lobby_meta(text));
}

BOOST_AUTO_TEST_CASE(the_moves_of_a_player_are_read_as_written) {
  const auto read = read_match_meta(to_json(match_meta{true, {1, 2, 3}}));
  BOOST_REQUIRE(read);
  BOOST_TEST(read->is_first);
  BOOST_TEST(read->moves == (std::vector<int>{1, 2, 3}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(moves_end_at_the_first_that_the_rules_do_not_know) {
  const auto read
      = read_match_meta(R"({"first":false,"moves":[1,7,2]})").value();
  BOOST_TEST(read.moves.size() == 1u);
  BOOST_TEST(
      read_match_meta(R"({"first":false,"moves":"x"})").value().moves.empty());
  BOOST_TEST(!read_match_meta(R"({"moves":[1]})"));
}

BOOST_AUTO_TEST_CASE(no_match_has_more_moves_than_stones) {
  match_meta long_one;
  constexpr std::size_t moves_max = stones_at_start;
  long_one.moves.assign(moves_max + 1, 1);
  BOOST_TEST(read_match_meta(to_json(long_one)).value().moves.size()
             == moves_max);
}

BOOST_AUTO_TEST_CASE(words_are_read_as_written) {
  const auto read = read_said(to_json(said{"ann", "good \"game\"\n"})).value();
  BOOST_TEST(read.name == "ann");
  BOOST_TEST(read.text == "good \"game\"\n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace arena
