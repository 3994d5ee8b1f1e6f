#include "text/percent.hpp"

#include <charconv>

namespace rollcall {

std::optional<std::string> decode_percent(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    unsigned char code = 0;
    const auto* const digits = text.data() + i + 1;
    if (text.size() - i < 3
        || std::from_chars(digits, digits + 2, code, 16).ptr != digits + 2)
      return std::nullopt;
    result += static_cast<char>(code);
    i += 2;
  }
  return result;
}

} // namespace rollcall
