#pragma once

#include <rollcall/log.hpp>

#include <string_view>

namespace rollcall::test {

/// As long as it lives nothing is logged: for tests of what goes wrong.
struct silent_log {
  silent_log() {
    set_log([](log_level, std::string_view, std::string_view) {});
  }
  silent_log(const silent_log&) = delete;
  silent_log& operator=(const silent_log&) = delete;
  ~silent_log() {
    set_log({});
  }
};

} // namespace rollcall::test
