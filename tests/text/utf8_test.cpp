#include "text/utf8.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using rollcall::is_utf8;

BOOST_AUTO_TEST_SUITE(utf8_tests)

BOOST_AUTO_TEST_CASE(utf8_is_told_from_other_bytes) {
  for (const auto* good :
       {"", "abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x9a\x80",
        "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
    BOOST_TEST(is_utf8(good), good);
  for (const auto* bad :
       {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xff", "\xe2\x82"})
    BOOST_TEST(!is_utf8(bad));
}

// The check takes eight bytes at a time where it can.
BOOST_AUTO_TEST_CASE(a_bad_byte_is_found_wherever_it_stands) {
  for (std::size_t before = 0; before < 20; ++before)
    for (std::size_t after = 0; after < 20; ++after) {
      const std::string head(before, 'a');
      const std::string tail(after, 'b');
      BOOST_TEST(is_utf8(head + "\xe2\x82\xac" + tail));
      BOOST_TEST(!is_utf8(head + '\xff' + tail));
      BOOST_TEST(!is_utf8(head + "\xe2\x82" + tail));
    }
}

BOOST_AUTO_TEST_SUITE_END()
