#pragma once

#include <cstddef>
#include <string_view>

/// Where the parts of a JSON text are, without building values. The text need
/// not be valid: the functions stay within it, and find something.
namespace rollcall {

/// Without white space of JSON at both ends.
[[nodiscard]] std::string_view trim_json(std::string_view text) noexcept;

/// Where the string that starts at `at` ends: behind its closing quote, or at
/// the end of the text.
[[nodiscard]] std::size_t end_of_json_string(std::string_view text,
                                             std::size_t at) noexcept;

/// Where the value that starts at `at` ends: at the comma or bracket that
/// follows it, or at the end of the text.
[[nodiscard]] std::size_t end_of_json_value(std::string_view text,
                                            std::size_t at) noexcept;

} // namespace rollcall
