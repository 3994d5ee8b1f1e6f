#include <rollcall/log.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

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

BOOST_AUTO_TEST_CASE(a_sink_that_throws_loses_a_line_and_ends_nobody) {
  const auto before = log_failures();
  set_log([](log_level, std::string_view, std::string_view) {
    throw std::runtime_error{"disk full"};
  });
  log(log_level::error, "test", "lost");
  set_log({});
  BOOST_TEST(log_failures() == before + 1);
}

BOOST_AUTO_TEST_CASE(a_sink_may_be_replaced_while_others_log) {
  std::atomic<bool> is_over = false;
  std::atomic<int> written = 0;
  const auto count
      = [&](log_level, std::string_view, std::string_view) { ++written; };
  set_log(count);
  std::vector<std::thread> writers;
  for (int i = 0; i < 3; ++i)
    writers.emplace_back([&] {
      while (!is_over)
        log(log_level::info, "test", "a line");
    });
  for (int i = 0; i < 10'000 || written < 1000; ++i)
    // A function that owns memory, which the former one gives back.
    set_log([count, text = std::string(100, 'x')](auto... line) {
      BOOST_ASSERT(text.size() == 100);
      count(line...);
    });
  is_over = true;
  for (auto& writer : writers)
    writer.join();
  set_log({});
}

BOOST_AUTO_TEST_CASE(a_sink_may_replace_itself) {
  int written = 0;
  set_log([&](log_level, std::string_view, std::string_view) {
    ++written;
    set_log([](log_level, std::string_view, std::string_view) {});
  });
  log(log_level::info, "test", "first");
  log(log_level::info, "test", "second");
  set_log({});
  BOOST_TEST(written == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
