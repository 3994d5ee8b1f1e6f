#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace rollcall::wire {

/// A number of either sign as one without, small if it is near zero.
[[nodiscard]] constexpr std::uint64_t zigzag(std::uint64_t value) noexcept {
  return value << 1 ^ (value >> 63 != 0 ? ~std::uint64_t{0} : 0);
}

[[nodiscard]] constexpr std::uint64_t unzigzag(std::uint64_t value) noexcept {
  return value >> 1 ^ ((value & 1) != 0 ? ~std::uint64_t{0} : 0);
}

/// Appends numbers and bytes to a string.
///
/// Units: a number is a varint: seven bits a byte, lowest first.
class writer {
public:
  /// Appends to `out`, which is usable again after `finish`.
  explicit writer(std::string& out) : out_{out}, used_{out.size()} {
  }

  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  void byte(std::uint8_t value) {
    *room(1) = static_cast<char>(value);
    ++used_;
  }

  void number(std::uint64_t value) {
    auto* to = room(number_bytes_max);
    auto* const first = to;
    for (; value >= 0x80; value >>= 7)
      *to++ = static_cast<char>(value | 0x80);
    *to++ = static_cast<char>(value);
    used_ += static_cast<std::size_t>(to - first);
  }

  /// Eight bytes, lowest first.
  void fixed(std::uint64_t value) {
    auto* to = room(8);
    for (int shift = 0; shift < 64; shift += 8)
      *to++ = static_cast<char>(value >> shift);
    used_ += 8;
  }

  void bytes(std::string_view value) {
    if (value.empty())
      return;
    std::memcpy(room(value.size()), value.data(), value.size());
    used_ += value.size();
  }

  /// Bytes with their number in front.
  void text(std::string_view value) {
    number(value.size());
    bytes(value);
  }

  /// A part that readers who do not know its tag skip.
  template <class Body>
  void section(std::uint8_t tag, Body body) {
    byte(tag);
    const auto length_at = used_;
    byte(0);
    body();
    const auto length = used_ - length_at - 1;
    if (length < 0x80) {
      out_[length_at] = static_cast<char>(length);
      return;
    }
    char digits[number_bytes_max];
    std::size_t count = 0;
    auto rest = length;
    for (; rest >= 0x80; rest >>= 7)
      digits[count++] = static_cast<char>(rest | 0x80);
    digits[count++] = static_cast<char>(rest);
    room(count);
    auto* const start = out_.data() + length_at;
    std::memmove(start + count, start + 1, length);
    std::memcpy(start, digits, count);
    used_ += count - 1;
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return used_;
  }

  void finish() {
    out_.resize(used_);
  }

private:
  static constexpr std::size_t number_bytes_max = 10;

  /// Grows in steps, so that appending a byte does not go through the string.
  char* room(std::size_t count) {
    if (out_.size() - used_ < count)
      out_.resize(std::max(used_ + count, out_.size() * 2 + 64));
    return out_.data() + used_;
  }

  std::string& out_;
  std::size_t used_;
};

/// Takes numbers and bytes from untrusted memory. Past the end, or at a number
/// that does not fit, it turns bad, stays so, and gives zeros.
class reader {
public:
  explicit reader(std::string_view bytes) noexcept
      : next_{bytes.data()},
        end_{bytes.data() + bytes.size()} {
  }

  explicit reader(std::span<const std::byte> bytes) noexcept
      : reader{std::string_view{reinterpret_cast<const char*>(bytes.data()),
                                bytes.size()}} {
  }

  [[nodiscard]] bool is_bad() const noexcept {
    return is_bad_;
  }

  [[nodiscard]] std::size_t left() const noexcept {
    return static_cast<std::size_t>(end_ - next_);
  }

  std::uint8_t byte() noexcept {
    return next_ == end_ ? fail() : static_cast<std::uint8_t>(*next_++);
  }

  std::uint64_t number() noexcept {
    std::uint64_t result = 0;
    for (unsigned shift = 0; next_ != end_ && shift < 64; shift += 7) {
      const auto digit = static_cast<std::uint8_t>(*next_++);
      if (shift == 63 && digit > 1)
        return fail();
      result |= std::uint64_t{digit & 0x7fu} << shift;
      if (digit < 0x80)
        return result;
    }
    return fail();
  }

  std::uint64_t fixed() noexcept {
    std::uint64_t result = 0;
    unsigned shift = 0;
    for (const char digit : bytes(8)) {
      result |= std::uint64_t{static_cast<std::uint8_t>(digit)} << shift;
      shift += 8;
    }
    return result;
  }

  std::string_view bytes(std::uint64_t count) noexcept {
    if (count > left()) {
      fail();
      return {};
    }
    const std::string_view result{next_, static_cast<std::size_t>(count)};
    next_ += count;
    return result;
  }

  std::string_view text() noexcept {
    return bytes(number());
  }

  /// What was read makes no sense: nothing more is taken. @returns 0.
  std::uint8_t fail() noexcept {
    is_bad_ = true;
    next_ = end_;
    return 0;
  }

private:
  const char* next_;
  const char* end_;
  bool is_bad_ = false;
};

} // namespace rollcall::wire
