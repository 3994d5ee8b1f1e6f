#include "app/node/log_limiter.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <chrono>
#include <string>

using namespace std::chrono_literals;

namespace rollcall::node {

namespace {

constexpr auto info = log_level::info;
constexpr auto error = log_level::error;

struct a_limiter {
  log_limiter::clock::time_point now{1h};
  log_limiter limiter;

  bool admit(const std::string& text, log_level level = info) {
    return limiter.admit(level, "test", text, now);
  }

  auto kind(const std::string& text) {
    return log_limiter::kind_of(info, "test", text);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(log_limiter_tests, a_limiter)

BOOST_AUTO_TEST_CASE(a_kind_is_written_a_few_times_a_second) {
  for (int round = 0; round < 3; ++round) {
    int written = 0;
    for (int i = 0; i < 1000; ++i)
      written += admit(fmt::format("request refused remote=1.2.3.4:{}", i));
    BOOST_TEST(written == int{log_limiter::lines_per_window});
    now += 1s;
  }
}

BOOST_AUTO_TEST_CASE(what_was_left_out_is_told_once_when_its_second_is_over) {
  for (int i = 0; i < 12; ++i)
    (void)admit(fmt::format("refused {}", i));
  BOOST_TEST(limiter.take_left_out(now + 999ms).empty());
  const auto told = limiter.take_left_out(now + 2s);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].lines == 7u);
  BOOST_TEST(told[0].example == "refused 5");
  BOOST_TEST(told[0].component == "test");
  BOOST_TEST(limiter.take_left_out(now + 10s).empty());
}

BOOST_AUTO_TEST_CASE(a_flood_of_one_kind_hides_no_other) {
  for (int i = 0; i < 1000; ++i)
    (void)admit("refused");
  BOOST_TEST(admit("closed"));
  BOOST_TEST(admit("refused", error));
}

BOOST_AUTO_TEST_CASE(numbers_quotes_and_values_are_not_part_of_a_kind) {
  BOOST_TEST(kind("sent 12 bytes") == kind("sent 7 bytes"));
  BOOST_TEST(kind("key 'a b' is long") == kind("key 'c' is long"));
  BOOST_TEST(kind("left topic=a remote=10.0.0.1:2")
             == kind("left topic=b remote=[::1]:9"));
  BOOST_TEST(kind("an unclosed 'quote") == kind("an unclosed 'one more"));
}

BOOST_AUTO_TEST_CASE(words_and_reasons_are_part_of_a_kind) {
  BOOST_TEST(kind("refused reason=idle") != kind("refused reason=token"));
  BOOST_TEST(kind("joined") != kind("left"));
  BOOST_TEST(log_limiter::kind_of(info, "a", "x")
             != log_limiter::kind_of(info, "b", "x"));
}

BOOST_AUTO_TEST_CASE(words_of_clients_make_a_bounded_number_of_kinds) {
  std::uint64_t written = 0;
  for (std::size_t i = 0; i < 5000; ++i)
    for (const char* also : {"", " a", " b", " c", " d", " e"})
      written += admit("odd " + std::string(i, 'x').substr(0, 900) + also);
  BOOST_TEST(written
             <= (log_limiter::kinds_max + 1) * log_limiter::lines_per_window);
  // Errors do not vanish among them.
  BOOST_TEST(admit("something broke", error));
}

BOOST_AUTO_TEST_CASE(kinds_that_were_quiet_make_room) {
  for (std::size_t i = 0; i < log_limiter::kinds_max + 50; ++i)
    (void)admit(std::string(i + 1, 'x'));
  now += 2s;
  (void)limiter.take_left_out(now);
  for (std::uint64_t i = 0; i < log_limiter::lines_per_window; ++i)
    BOOST_TEST(admit("a new one"));
  BOOST_TEST(!admit("a new one"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::node
