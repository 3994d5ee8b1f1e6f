#include "app/node/http_text.hpp"
#include "crdt/stored_entry.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace rollcall::node;

namespace {

/// With a meta of about so many bytes.
rollcall::entry_ptr presence(std::string_view key, std::uint64_t owner,
                             std::size_t bytes = 0) {
  return rollcall::crdt::stored_entry::make(
      key, "{\"a\":\"" + std::string(bytes, 'x') + "\"}", owner);
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_text_tests)

BOOST_AUTO_TEST_CASE(a_limit_is_a_number_within_its_bounds) {
  BOOST_TEST(read_limit("1", 10).value() == 1u);
  BOOST_TEST(read_limit("10", 10).value() == 10u);
  for (const auto* text : {"0", "11", "-1", "", "x", "1x"})
    BOOST_TEST(!read_limit(text, 10).has_value(), text);
}

BOOST_AUTO_TEST_CASE(a_full_page_of_topics_names_where_the_next_one_starts) {
  BOOST_TEST(topics_json({{"a", {2, 1}}, {"b\"", {1, 1}}}, 2)
             == R"({"topics":[{"topic":"a","presences":2,"keys":1},)"
                R"({"topic":"b\"","presences":1,"keys":1}],"next":"b\""})"
                "\n");
}

BOOST_AUTO_TEST_CASE(the_last_page_of_topics_has_no_next) {
  BOOST_TEST(topics_json({}, 2) == "{\"topics\":[],\"next\":null}\n");
}

BOOST_AUTO_TEST_CASE(a_topic_that_nobody_is_in_is_empty) {
  BOOST_TEST(topic_json("a", {})
             == R"({"topic":"a","presences":0,"keys":0,"state":{},"next":null})"
                "\n");
}

BOOST_AUTO_TEST_CASE(a_page_of_a_topic_has_whole_keys_and_says_where_it_ends) {
  rollcall::topic_page page;
  page.now = {3, 2};
  page.next = "bob";
  page.presences = {presence("ann", 1), presence("ann", 2), presence("bob", 3)};
  const auto text = topic_json("a", page);
  BOOST_TEST(text.starts_with(
      R"({"topic":"a","presences":3,"keys":2,"state":{"ann":{"metas":[{)"));
  BOOST_TEST(text.ends_with("]}},\"next\":\"bob\"}\n"));
}

BOOST_AUTO_TEST_CASE(a_key_that_no_page_of_a_topic_can_hold_is_named) {
  const auto name_of = [](const rollcall::topic_page& page) {
    return topic_json("a", page).substr(36);
  };
  rollcall::topic_page page;
  page.next = "ann";
  const std::string_view named
      = "\"state\":{},\"next\":\"ann\",\"too_large\":\"ann\"}\n";
  BOOST_TEST(name_of(page) == named); // More presences than a page may have.
  for (std::uint64_t owner = 0; owner < 20; ++owner)
    page.presences.push_back(presence("ann", owner, 60'000));
  page.presences.push_back(presence("bob", 30));
  BOOST_TEST(name_of(page) == named);
  page.presences.insert(page.presences.begin(), presence("amy", 31));
  const auto before = name_of(page);
  BOOST_TEST(before.starts_with(R"("state":{"amy":{"metas":[{)"));
  BOOST_TEST(before.ends_with("]}},\"next\":\"amy\"}\n"), before);
}

BOOST_AUTO_TEST_SUITE_END()
