#include "app/examples/arena/command.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace arena {

BOOST_AUTO_TEST_SUITE(command_tests)

BOOST_AUTO_TEST_CASE(every_command_is_read_from_its_word) {
  for (const auto expected : {verb::play, verb::rest, verb::resign, verb::who,
                              verb::ping, verb::quit}) {
    const auto read = read_line(to_string(expected));
    BOOST_REQUIRE(read);
    BOOST_TEST((read->verb == expected));
  }
}

BOOST_AUTO_TEST_CASE(a_name_a_text_and_a_number_follow_their_word) {
  BOOST_TEST(read_line("login ann").value().text == "ann");
  BOOST_TEST(read_line("friend Bob_2-x").value().text == "Bob_2-x");
  BOOST_TEST(read_line("take 3").value().number == 3);
  BOOST_TEST(read_line("say good game, bob").value().text == "good game, bob");
}

BOOST_AUTO_TEST_CASE(a_line_may_end_with_a_carriage_return) {
  BOOST_TEST(read_line("login ann\r").value().text == "ann");
  BOOST_TEST((read_line("play\r").value().verb == verb::play));
}

BOOST_AUTO_TEST_CASE(unknown_words_are_no_command) {
  for (const auto* line : {"", " ", "pla", "playy", "PLAY", "\r", "login"})
    BOOST_TEST(!read_line(line));
}

BOOST_AUTO_TEST_CASE(a_name_has_bounds) {
  BOOST_TEST(
      read_line("login " + std::string(name_bytes_max, 'a')).has_value());
  BOOST_TEST(!read_line("login " + std::string(name_bytes_max + 1, 'a')));
  for (const auto* name : {"", "a b", "a\"b", "a/b", "\xc3\xa4", "a\n"})
    BOOST_TEST(!is_player_name(name));
}

BOOST_AUTO_TEST_CASE(a_text_has_bounds) {
  BOOST_TEST(read_line("say " + std::string(say_bytes_max, 'a')).has_value());
  BOOST_TEST(!read_line("say " + std::string(say_bytes_max + 1, 'a')));
  BOOST_TEST(!read_line("say "));
}

BOOST_AUTO_TEST_CASE(one_to_three_stones_are_taken) {
  for (const auto* count : {"1", "2", "3"})
    BOOST_TEST(read_command("take", count).has_value());
  for (const auto* count : {"", "0", "4", "-1", "1 ", "1x", "99999999999"})
    BOOST_TEST(!read_command("take", count));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace arena
