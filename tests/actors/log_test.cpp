#include <rollcall/log.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace rollcall::test {

BOOST_AUTO_TEST_SUITE(log_tests)

BOOST_AUTO_TEST_CASE(what_others_sent_cannot_forge_a_line) {
  std::string written;
  set_log([&](log_level, std::string_view, std::string_view text) {
    written = text;
  });
  log(log_level::error, "test", "no such topic: a\n\x1b[2Jb\x7f");
  set_log({});
  BOOST_TEST(written == "no such topic: a??[2Jb?");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
