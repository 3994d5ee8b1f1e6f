#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

/// What all fuzz targets need.
namespace rollcall::fuzz {

/// Ends the process if not: a fuzzer keeps the input of a crash. Unlike
/// `assert` it stays in release builds.
inline void require(bool condition) {
  if (!condition)
    std::abort();
}

[[nodiscard]] inline std::string_view as_text(const std::uint8_t* data,
                                              std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Cuts the text up to the separator off, or all of it if there is none.
[[nodiscard]] inline std::string_view cut(std::string_view& text,
                                          char separator) {
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

} // namespace rollcall::fuzz
