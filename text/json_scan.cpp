#include "text/json_scan.hpp"

#include <algorithm>

namespace rollcall {

std::string_view trim_json(std::string_view text) noexcept {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::size_t end_of_json_string(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\')
      ++at;
  return std::min(at + 1, text.size());
}

std::size_t end_of_json_value(std::string_view text, std::size_t at) noexcept {
  for (std::size_t depth = 0; at < text.size();) {
    const auto c = text[at];
    if (c == '"') {
      at = end_of_json_string(text, at);
      continue;
    }
    if (c == ',' && depth == 0)
      return at;
    if (c == '[' || c == '{')
      ++depth;
    else if ((c == ']' || c == '}') && depth-- == 0)
      return at;
    ++at;
  }
  return text.size();
}

} // namespace rollcall
