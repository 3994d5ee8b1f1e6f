#include "rollcall/log.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

namespace rollcall {

namespace {

void to_stderr(log_level level, std::string_view component,
               std::string_view text) {
  if (level >= log_level::warning)
    fmt::print(stderr, "{}: {}\n", component, text);
}

bool is_control(char symbol) {
  const auto byte = static_cast<unsigned char>(symbol);
  return byte < 0x20 || byte == 0x7f;
}

log_function& sink() {
  static log_function current = to_stderr;
  return current;
}

} // namespace

void set_log(log_function where) {
  sink() = where ? std::move(where) : log_function{to_stderr};
}

std::string one_line(std::string_view text) {
  std::string result{text};
  std::replace_if(result.begin(), result.end(), is_control, '?');
  return result;
}

void log(log_level level, std::string_view component, std::string_view text) {
  sink()(level, component, one_line(text));
}

} // namespace rollcall
