#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Small work on text, as HTTP needs it.
namespace rollcall::channels {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// Without spaces and tabs at both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

/// ASCII letters in lower case.
[[nodiscard]] std::string to_lower(std::string_view text);

/// The parts between separators; at least one, maybe empty.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text,
                                                  char separator);

/// Resolves `%41`, and `+` to a space on demand.
/// @returns nothing if an escape is broken or the result is no UTF-8.
[[nodiscard]] std::optional<std::string> url_decode(std::string_view text,
                                                    bool plus_is_space);

/// Decodes base64 in the standard or the URL alphabet, padded or not.
/// @returns nothing if it is malformed.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

} // namespace rollcall::channels
