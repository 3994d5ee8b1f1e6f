#include "text/percent.hpp"

#include <boost/test/unit_test.hpp>

using rollcall::decode_percent;

BOOST_AUTO_TEST_SUITE(percent_tests)

BOOST_AUTO_TEST_CASE(escapes_become_bytes) {
  BOOST_TEST(decode_percent("").value() == "");
  BOOST_TEST(decode_percent("plain+text").value() == "plain+text");
  BOOST_TEST(decode_percent("a%40B%2fc%2F").value() == "a@B/c/");
  BOOST_TEST(decode_percent("%C3%a9%00").value()
             == (std::string{"\xc3\xa9\0", 3}));
}

BOOST_AUTO_TEST_CASE(a_broken_escape_is_an_error) {
  for (const auto* broken :
       {"%", "100%", "%4", "%zz", "%4g", "%-1", "%+1", "% 1", "%%41", "a%4"})
    BOOST_TEST(!decode_percent(broken), broken);
}

BOOST_AUTO_TEST_SUITE_END()
