#include "text/json_scan.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall;

BOOST_AUTO_TEST_SUITE(json_scan_tests)

BOOST_AUTO_TEST_CASE(white_space_goes_at_both_ends) {
  BOOST_TEST(trim_json(" \t\r\n{ } \n") == "{ }");
  BOOST_TEST(trim_json(" \n").empty());
  BOOST_TEST(trim_json("").empty());
}

BOOST_AUTO_TEST_CASE(a_string_ends_behind_its_closing_quote) {
  BOOST_TEST(end_of_json_string(R"("a\"b",1)", 0) == 6u);
  BOOST_TEST(end_of_json_string(R"("\\",1)", 0) == 4u);
}

BOOST_AUTO_TEST_CASE(a_value_ends_at_what_follows_it) {
  BOOST_TEST(end_of_json_value(R"({"a":[1,{"b":"],"}]},2)", 0) == 20u);
  BOOST_TEST(end_of_json_value("1]", 0) == 1u);
  BOOST_TEST(end_of_json_value("1}", 0) == 1u);
  BOOST_TEST(end_of_json_value("[1,2],3", 1) == 2u);
  BOOST_TEST(end_of_json_value("12", 0) == 2u);
}

BOOST_AUTO_TEST_CASE(text_that_ends_early_ends_every_part) {
  const std::string text = R"({"a\\":["b\"",{"c":[1,"d"]}],"e":2})";
  for (std::size_t length = 1; length <= text.size(); ++length) {
    const auto part = text.substr(0, length);
    for (std::size_t at = 0; at < length; ++at) {
      BOOST_TEST(end_of_json_string(part, at) <= length);
      BOOST_TEST(end_of_json_value(part, at) <= length);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
