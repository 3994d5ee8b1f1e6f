#include "app/node/log.hpp"

#include <fmt/chrono.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>

namespace rollcall::node {

namespace {

std::atomic<log_level> lowest_level{log_level::info};

} // namespace

void start_log(log_level lowest) {
  lowest_level.store(lowest, std::memory_order_relaxed);
  set_log(
      [](log_level level, std::string_view component, std::string_view text) {
        if (is_logged(level))
          write_log(level, component, text);
      });
}

bool is_logged(log_level level) noexcept {
  return level >= lowest_level.load(std::memory_order_relaxed);
}

void write_log(log_level level, std::string_view component,
               std::string_view text) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(
      std::chrono::system_clock::now());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  const auto line = fmt::format(
      "{:%Y-%m-%dT%H:%M:%S}.{:03}Z {} {}: {}\n",
      fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
      (now - seconds).count(), log_level_names[static_cast<std::size_t>(level)],
      component, one_line(text));
  // One write a line, so that lines of several threads do not mix. Nobody is
  // left to be told if standard error is gone.
  [[maybe_unused]] const auto written
      = ::write(STDERR_FILENO, line.data(), line.size());
}

} // namespace rollcall::node
