#include "rollcall/log.hpp"

#include <fmt/core.h>

#include <cstdio>

namespace rollcall {

namespace {

void to_stderr(log_level level, std::string_view component,
               std::string_view text) {
  if (level >= log_level::warning)
    fmt::print(stderr, "{}: {}\n", component, text);
}

log_function& sink() {
  static log_function current = to_stderr;
  return current;
}

} // namespace

void set_log(log_function where) {
  sink() = where ? std::move(where) : log_function{to_stderr};
}

void log(log_level level, std::string_view component, std::string_view text) {
  sink()(level, component, text);
}

} // namespace rollcall
