#include "app/examples/arena/notice.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace arena {

BOOST_AUTO_TEST_SUITE(notice_tests)

BOOST_AUTO_TEST_CASE(a_line_has_the_name_and_the_values_in_order) {
  BOOST_TEST(
      to_line({"board",
               {{"stones", std::int64_t{18}}, {"turn", std::string{"yours"}}}})
      == "board 18 yours");
  BOOST_TEST(to_line({"ok", {}}) == "ok");
}

BOOST_AUTO_TEST_CASE(no_value_ends_its_line) {
  BOOST_TEST(to_line({"said", {{"text", std::string{"a\nover won\r"}}}})
             == "said a over won ");
}

BOOST_AUTO_TEST_CASE(an_event_has_the_fields_as_json) {
  BOOST_TEST(
      to_json({"board",
               {{"stones", std::int64_t{18}}, {"turn", std::string{"\"\n"}}}})
      == R"({"stones":18,"turn":"\"\n"})");
  BOOST_TEST(to_json({"ok", {}}) == "{}");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace arena
