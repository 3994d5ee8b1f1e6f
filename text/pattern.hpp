#pragma once

#include <string_view>

namespace rollcall {

/// Whether a text can be a pattern: a name, or the beginning of names and `*`.
[[nodiscard]] constexpr bool is_pattern(std::string_view text) noexcept {
  const auto star = text.find('*');
  return star == std::string_view::npos || star + 1 == text.size();
}

/// Whether a pattern stands for a name.
[[nodiscard]] constexpr bool matches_pattern(std::string_view pattern,
                                             std::string_view name) noexcept {
  if (!pattern.ends_with('*'))
    return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

} // namespace rollcall
