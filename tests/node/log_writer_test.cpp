#include "app/node/log_writer.hpp"

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <regex>
#include <string>

using namespace std::chrono_literals;

namespace rollcall::node {

namespace {

struct a_pipe {
  a_pipe() {
    std::signal(SIGPIPE, SIG_IGN); // As the node does.
    BOOST_REQUIRE(::pipe(ends.data()) == 0);
  }

  ~a_pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }

  /// Takes all room, as if nobody had read for long.
  void fill() const {
    const std::string bytes(1 << 20, '.');
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (::write(ends[1], bytes.data(), bytes.size()) > 0) {
    }
    ::fcntl(ends[1], F_SETFL, 0);
  }

  [[nodiscard]] std::string read() const {
    std::string result(1 << 20, '\0');
    const auto size = ::read(ends[0], result.data(), result.size());
    result.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return result;
  }

  std::array<int, 2> ends{};
};

constexpr auto long_enough = 10s;

} // namespace

BOOST_FIXTURE_TEST_SUITE(log_writer_tests, a_pipe)

BOOST_AUTO_TEST_CASE(a_line_has_time_level_component_and_text) {
  log_writer writer{ends[1]};
  writer.write(log_level::warning, "rollcall.node", "100% {} done");
  BOOST_TEST(writer.finish(long_enough));
  const auto line = read();
  BOOST_TEST(
      std::regex_match(
          line, std::regex{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z )"
                           R"(warning rollcall\.node: 100% \{\} done\n)"}),
      line);
}

BOOST_AUTO_TEST_CASE(a_reader_that_stalls_holds_up_nobody_who_logs) {
  fill();
  log_writer writer{ends[1]};
  constexpr std::size_t lines = 3 * log_writer::queue_lines_max;
  for (std::size_t i = 0; i < lines; ++i)
    writer.write(log_level::info, "test", std::string(1000, 'x'));
  // One line may be with the thread.
  BOOST_TEST(writer.overrun_lines() >= lines - log_writer::queue_lines_max - 1);
  BOOST_TEST(!writer.finish(1ms));
  // The reader comes back, and gets what was kept.
  while (!writer.finish(0ms))
    BOOST_TEST(!read().empty());
  BOOST_TEST(writer.failed_lines() == 0u);
}

BOOST_AUTO_TEST_CASE(a_thread_that_cannot_write_does_not_hold_up_the_end) {
  fill();
  const auto begin = std::chrono::steady_clock::now();
  {
    log_writer writer{ends[1]};
    writer.write(log_level::info, "test", "nobody reads this");
  }
  BOOST_TEST((std::chrono::steady_clock::now() - begin < long_enough));
  (void)read();
}

BOOST_AUTO_TEST_CASE(lines_that_a_file_refuses_are_counted) {
  const int full = ::open("/dev/full", O_WRONLY);
  {
    log_writer writer{full};
    writer.write(log_level::info, "test", "a");
    writer.write(log_level::info, "test", "b");
    BOOST_TEST(writer.finish(long_enough));
    BOOST_TEST(writer.failed_lines() == 2u);
  }
  ::close(full);
}

BOOST_AUTO_TEST_CASE(a_long_line_is_cut) {
  log_writer writer{ends[1]};
  writer.write(log_level::info, "test", std::string(100'000, 'x'));
  BOOST_TEST(writer.finish(long_enough));
  const auto line = read();
  BOOST_TEST(line.size() < log_writer::line_bytes_max + 100);
  BOOST_TEST(line.back() == '\n');
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::node
