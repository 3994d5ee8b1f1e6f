#include "rollcall/log.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <mutex>

namespace rollcall {

namespace {

void to_stderr(log_level level, std::string_view part, std::string_view text) {
  if (level >= log_level::warning)
    fmt::print(stderr, "{}: {}\n", part, text);
}

bool is_control(char symbol) {
  const auto byte = static_cast<unsigned char>(symbol);
  return byte < 0x20 || byte == 0x7f;
}

using shared_sink = std::shared_ptr<const log_function>;

/// The sink of all threads. Never destroyed, since threads may log until the
/// process ends.
struct sink_slot {
  std::mutex mutex; ///< Not held while the sink runs.
  shared_sink current = std::make_shared<const log_function>(to_stderr);
  std::atomic<std::uint64_t> failures{0};
};

sink_slot& slot() {
  static auto& only = *new sink_slot;
  return only;
}

} // namespace

void set_log(log_function where) {
  // Declared before the lock: the former sink ends after it.
  auto next = std::make_shared<const log_function>(where ? std::move(where)
                                                         : to_stderr);
  const std::lock_guard lock{slot().mutex};
  slot().current.swap(next);
}

std::string one_line(std::string_view text) {
  std::string result{text};
  std::replace_if(result.begin(), result.end(), is_control, '?');
  return result;
}

void log(log_level level, std::string_view part, std::string_view text) {
  shared_sink sink;
  {
    const std::lock_guard lock{slot().mutex};
    sink = slot().current;
  }
  try {
    (*sink)(level, part, one_line(text));
  } catch (...) {
    // Whoever logs is in the middle of something, and cannot mend the sink.
    slot().failures.fetch_add(1, std::memory_order_relaxed);
  }
}

std::uint64_t log_failures() noexcept {
  return slot().failures.load(std::memory_order_relaxed);
}

} // namespace rollcall
