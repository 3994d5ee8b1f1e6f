#include "app/gateway/json_text.hpp"
#include <rollcall/json_string.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall::channels;

BOOST_AUTO_TEST_SUITE(json_text_tests)

BOOST_AUTO_TEST_CASE(only_json_is_json) {
  for (const auto* good : {"1", " [ ] ", "\"\\ud83d\\ude80\"", "{\"a\":null}"})
    BOOST_TEST((check_json(good, 8) == json_verdict::ok), good);
  for (const auto* bad : {"", "nul", "[1,]", "{a:1}", "1 2", "\"\n\"", "// x",
                          "\"\\ud800\"", "NaN", "\xef\xbb\xbf{}"})
    BOOST_TEST((check_json(bad, 8) == json_verdict::malformed), bad);
}

BOOST_AUTO_TEST_CASE(strings_must_be_utf8) {
  BOOST_TEST((check_json("\"\xc3\xa9\"", 8) == json_verdict::ok));
  BOOST_TEST((check_json("\"\xc3\"", 8) == json_verdict::malformed));
}

BOOST_AUTO_TEST_CASE(an_array_is_cut_into_its_elements) {
  const auto slices = slice_array(R"( [ 1 , [2,3] , {"a":[",]"]} ] )");
  BOOST_REQUIRE(slices.has_value());
  BOOST_TEST(slices->count == 3u);
  BOOST_TEST(slices->elements[1] == "[2,3]");
  BOOST_TEST(slices->elements[2] == R"({"a":[",]"]})");
}

BOOST_AUTO_TEST_CASE(what_is_no_array_is_not_cut) {
  BOOST_TEST(!slice_array("{}").has_value());
  BOOST_TEST(!slice_array("7").has_value());
  BOOST_TEST(slice_array("[]")->count == 0u);
}

BOOST_AUTO_TEST_CASE(only_strings_can_be_unquoted) {
  BOOST_TEST(unquote(R"("a\tb")").value() == "a\tb");
  BOOST_TEST(unquote("\"\"").value().empty());
  BOOST_TEST(!unquote("12").has_value());
  BOOST_TEST(!unquote("null").has_value());
}

BOOST_AUTO_TEST_CASE(quoting_and_unquoting_are_inverse) {
  std::string all;
  for (int c = 0; c < 0x80; ++c)
    all += static_cast<char>(c);
  all += "\u00e9\U0001f680";
  std::string quoted;
  rollcall::append_json_string(quoted, all);
  BOOST_TEST((check_json(quoted, 1) == json_verdict::ok));
  BOOST_TEST(unquote(quoted).value() == all);
}

BOOST_AUTO_TEST_SUITE_END()
