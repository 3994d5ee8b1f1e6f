#include "text/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace rollcall {

namespace {

/// How many bytes at the front are ASCII.
std::size_t ascii_length(std::string_view bytes) noexcept {
  std::size_t at = 0;
  for (std::uint64_t word = 0; bytes.size() - at >= sizeof word;
       at += sizeof word) {
    std::memcpy(&word, bytes.data() + at, sizeof word);
    if ((word & 0x8080'8080'8080'8080) != 0)
      break;
  }
  while (at < bytes.size() && static_cast<std::uint8_t>(bytes[at]) < 0x80)
    ++at;
  return at;
}

/// Length of the sequence of two to four bytes at the front, 0 if it is none.
/// @pre the first byte is not ASCII.
std::size_t sequence_length(std::string_view bytes) noexcept {
  const auto at
      = [bytes](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const auto first = at(0);
  const std::size_t size = (first & 0xe0) == 0xc0   ? 2
                           : (first & 0xf0) == 0xe0 ? 3
                           : (first & 0xf8) == 0xf0 ? 4
                                                    : 0;
  if (size == 0 || size > bytes.size())
    return 0;
  std::uint32_t point = first & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xc0) != 0x80)
      return 0;
    point = point << 6 | (at(i) & 0x3fu);
  }
  constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = point >= 0xd800 && point <= 0xdfff;
  return point < smallest[size] || is_surrogate || point > 0x10ffff ? 0 : size;
}

} // namespace

bool is_utf8(std::string_view bytes) noexcept {
  for (;;) {
    bytes.remove_prefix(ascii_length(bytes));
    if (bytes.empty())
      return true;
    const auto size = sequence_length(bytes);
    if (size == 0)
      return false;
    bytes.remove_prefix(size);
  }
}

} // namespace rollcall
