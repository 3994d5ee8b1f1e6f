#include "text/json_parts.hpp"
#include <rollcall/json_string.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace rollcall;
using texts = std::vector<std::string>;

namespace {

texts members_of(std::string_view object) {
  texts result;
  json_parts parts{object};
  while (const auto member = parts.next_member())
    result.push_back(std::string{member->name} + "="
                     + std::string{member->value});
  return result;
}

texts elements_of(std::string_view array) {
  texts result;
  json_parts parts{array};
  while (const auto element = parts.next_element())
    result.emplace_back(*element);
  return result;
}

void expect(const texts& found, const texts& wanted) {
  BOOST_TEST(found == wanted, boost::test_tools::per_element());
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_parts_tests)

BOOST_AUTO_TEST_CASE(members_come_in_order_without_white_space) {
  expect(members_of(R"( { "a" : 1 , "b":{"c":[1,2]} ,"d:":"}," } )"),
         {R"("a"=1)", R"("b"={"c":[1,2]})", R"("d:"="},")"});
  expect(members_of("{}"), {});
  expect(members_of(" { } "), {});
}

BOOST_AUTO_TEST_CASE(elements_come_in_order_without_white_space) {
  expect(elements_of(R"([ 1 ,[2,3], "],", {"a":[4]} ])"),
         {"1", "[2,3]", R"("],")", R"({"a":[4]})"});
  expect(elements_of("[ ]"), {});
}

BOOST_AUTO_TEST_CASE(a_text_that_ends_early_has_an_end) {
  const std::string text = R"( {"a\"":[1,{"b":"\u00e4"}],"c" : "d"} )";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const auto part = text.substr(0, length);
    BOOST_TEST(members_of(part).size() <= length);
    BOOST_TEST(elements_of(part).size() <= length);
    BOOST_TEST(json_string_content(part).size() <= 3 * length);
  }
}

BOOST_AUTO_TEST_CASE(escapes_of_a_string_are_resolved) {
  BOOST_TEST(json_string_content(R"("a\"\\\/\b\f\n\r\tz")")
             == "a\"\\/\b\f\n\r\tz");
  BOOST_TEST(json_string_content(R"("\u0041\u00e4\u20AC\ud83d\ude00")")
             == "A\u00e4\u20ac\U0001f600");
  BOOST_TEST(json_string_content(R"("")").empty());
}

BOOST_AUTO_TEST_CASE(an_escape_that_nobody_can_read_is_replaced) {
  BOOST_TEST(json_string_content(R"("\ud83dx")") == "\ufffdx");
  BOOST_TEST(json_string_content(R"("\ude00")") == "\ufffd");
  BOOST_TEST(json_string_content(R"("\u12")") == "\ufffd12");
  BOOST_TEST(json_string_content(R"("\)") == "\ufffd");
}

BOOST_AUTO_TEST_CASE(what_is_written_as_a_string_is_read_again) {
  std::string all;
  for (int byte = 0; byte < 0x80; ++byte)
    all += static_cast<char>(byte);
  all += "\u00e4\u20ac\U0001f600";
  std::string written;
  append_json_string(written, all);
  BOOST_TEST(json_string_content(written) == all);
}

BOOST_AUTO_TEST_SUITE_END()
