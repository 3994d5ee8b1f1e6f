#pragma once

#include <string>
#include <string_view>

namespace rollcall::test {

/// Bytes from hex digits; spaces are skipped.
inline std::string from_hex(std::string_view digits) {
  std::string out;
  int high = -1;
  for (const char c : digits) {
    if (c == ' ')
      continue;
    const int value = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high < 0) {
      high = value;
    } else {
      out += static_cast<char>(high * 16 + value);
      high = -1;
    }
  }
  return out;
}

} // namespace rollcall::test
