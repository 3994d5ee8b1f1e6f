#include "app/node/http_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace rollcall::node;

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

BOOST_AUTO_TEST_SUITE_END()
