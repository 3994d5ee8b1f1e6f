#include "app/node/log.hpp"

#include "app/node/log_limiter.hpp"
#include "app/node/log_writer.hpp"

#include <unistd.h>

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

namespace rollcall::node {

namespace {

std::atomic<log_level> lowest_level{log_level::info};
std::atomic<std::uint64_t> left_out_lines{0};

/// Never destroyed: its thread may hang in a write when the process ends, and
/// other threads may log until the last moment.
log_writer& writer() {
  static auto& only = *new log_writer{STDERR_FILENO};
  return only;
}

struct shared_limiter {
  std::mutex mutex;
  log_limiter limiter;
};

shared_limiter& limiter() {
  static auto& only = *new shared_limiter;
  return only;
}

void tell(const std::vector<log_limiter::left_out>& missing) {
  for (const auto& kind : missing)
    writer().write(kind.level, kind.component,
                   fmt::format("{} more lines of this kind were left out: {}",
                               kind.lines, kind.example));
}

void tell_left_out_until(log_limiter::clock::time_point now) {
  std::vector<log_limiter::left_out> missing;
  {
    auto& [mutex, kinds] = limiter();
    const std::lock_guard lock{mutex};
    missing = kinds.take_left_out(now);
  }
  tell(missing);
}

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
  const auto line = one_line(text);
  std::vector<log_limiter::left_out> missing;
  bool is_admitted = false;
  {
    auto& [mutex, kinds] = limiter();
    const std::lock_guard lock{mutex};
    const auto now = log_limiter::clock::now();
    missing = kinds.take_left_out(now);
    is_admitted = kinds.admit(level, component, line, now);
  }
  tell(missing);
  if (is_admitted)
    writer().write(level, component, line);
  else
    left_out_lines.fetch_add(1, std::memory_order_relaxed);
}

void tell_left_out_lines() {
  tell_left_out_until(log_limiter::clock::now());
}

void finish_log(std::chrono::milliseconds most) {
  // Nothing more comes in the second that has begun.
  tell_left_out_until(log_limiter::clock::now() + log_limiter::window);
  writer().finish(most);
}

log_losses lost_log_lines() {
  return {left_out_lines.load(std::memory_order_relaxed),
          writer().overrun_lines(), writer().failed_lines()};
}

} // namespace rollcall::node
