#pragma once

#include "crdt/dot.hpp"

#include <cstdint>
#include <string_view>

namespace rollcall::test {

inline int digit_of(char c) noexcept {
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/// Reads base-64 digits, most significant first. @returns false on a bad one.
inline bool read_number(std::string_view digits,
                        std::uint64_t& number) noexcept {
  number = 0;
  for (const char c : digits) {
    const int digit = digit_of(c);
    if (digit < 0 || number >> 58 != 0)
      return false;
    number = number << 6 | static_cast<std::uint64_t>(digit);
  }
  return true;
}

/// The inverse of `append_phx_ref`; a dot with seq 0 when `text` is none.
inline crdt::dot parse_phx_ref(std::string_view text) noexcept {
  constexpr std::size_t tag_digits = 11;
  crdt::dot result;
  if (text.size() <= tag_digits || text.size() > 2 * tag_digits)
    return {};
  if (!read_number(text.substr(0, tag_digits), result.replica.value)
      || !read_number(text.substr(tag_digits), result.seq))
    return {};
  return result;
}

} // namespace rollcall::test
