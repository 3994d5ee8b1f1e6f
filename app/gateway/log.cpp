#include "app/gateway/log.hpp"

#include <fmt/chrono.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>

namespace rollcall::log {

namespace {

std::atomic<level> least_level{level::info};

constexpr std::array<std::string_view, 5> level_names{
    "debug", "info", "warning", "error", "off"};

} // namespace

void set_level(level least) noexcept {
  least_level.store(least, std::memory_order_relaxed);
}

bool is_enabled(level what) noexcept {
  return what >= least_level.load(std::memory_order_relaxed);
}

void write(level what, std::string_view component, std::string_view message) {
  using namespace std::chrono;
  const auto now = system_clock::now();
  const auto ms = duration_cast<milliseconds>(now.time_since_epoch()) % 1000;
  auto line
      = fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z {} {} ",
                    fmt::gmtime(system_clock::to_time_t(now)), ms.count(),
                    level_names[static_cast<std::size_t>(what)], component);
  for (const char c : message)
    line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  line += '\n';
  // One call, so that lines of several threads do not mix.
  std::fwrite(line.data(), 1, line.size(), stderr);
}

} // namespace rollcall::log
