#include "text/json_parts.hpp"

#include "text/json_scan.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace rollcall {

namespace {

constexpr std::uint32_t replacement = 0xfffd;

void append_utf8(std::string& out, std::uint32_t point) {
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80 | ((point >> shift) & 0x3f));
  };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | (point >> 6));
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | (point >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | (point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// Takes an escape of `\u` and four hexadecimal digits from the front.
/// @returns nothing if there is none.
std::optional<std::uint32_t> take_unit(std::string_view& rest) noexcept {
  if (rest.size() < 6 || !rest.starts_with("\\u"))
    return std::nullopt;
  std::uint32_t unit = 0;
  const auto* const end = rest.data() + 6;
  if (std::from_chars(rest.data() + 2, end, unit, 16).ptr != end)
    return std::nullopt;
  rest.remove_prefix(6);
  return unit;
}

/// Takes one or two such escapes, which is how UTF-16 has code points.
std::uint32_t take_point(std::string_view& rest) noexcept {
  const auto high = take_unit(rest);
  if (!high) {
    rest.remove_prefix(std::min<std::size_t>(rest.size(), 2));
    return replacement;
  }
  if (*high < 0xd800 || *high > 0xdfff)
    return *high;
  const auto low = *high < 0xdc00 ? take_unit(rest) : std::nullopt;
  if (!low || *low < 0xdc00 || *low > 0xdfff)
    return replacement;
  return 0x10000 + ((*high - 0xd800) << 10) + (*low - 0xdc00);
}

/// Takes the escape at the front.
void append_escape(std::string& out, std::string_view& rest) {
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  const auto which
      = rest.size() < 2 ? std::string_view::npos : letters.find(rest[1]);
  if (which == std::string_view::npos)
    return append_utf8(out, take_point(rest));
  out += meanings[which];
  rest.remove_prefix(2);
}

} // namespace

json_parts::json_parts(std::string_view text) noexcept
    : rest_{trim_json(text)} {
  if (!rest_.empty())
    rest_.remove_prefix(1);
  if (!rest_.empty())
    rest_.remove_suffix(1);
}

std::optional<std::string_view> json_parts::next_element() noexcept {
  rest_ = trim_json(rest_);
  if (rest_.empty())
    return std::nullopt;
  const auto end = end_of_json_value(rest_, 0);
  const auto result = trim_json(rest_.substr(0, end));
  rest_.remove_prefix(std::min(rest_.size(), end + 1));
  return result;
}

std::optional<json_member> json_parts::next_member() noexcept {
  rest_ = trim_json(rest_);
  if (rest_.empty())
    return std::nullopt;
  const auto name_end = end_of_json_string(rest_, 0);
  const auto name = rest_.substr(0, name_end);
  const auto colon = rest_.find(':', name_end);
  rest_.remove_prefix(colon == std::string_view::npos ? rest_.size()
                                                      : colon + 1);
  return json_member{name, next_element().value_or(std::string_view{})};
}

bool is_json_object(std::string_view value) noexcept {
  return trim_json(value).starts_with('{');
}

std::string json_string_content(std::string_view quoted) {
  auto rest = trim_json(quoted);
  if (rest.starts_with('"'))
    rest.remove_prefix(1);
  if (rest.ends_with('"'))
    rest.remove_suffix(1);
  std::string result;
  while (!rest.empty()) {
    const auto plain = std::min(rest.find('\\'), rest.size());
    result += rest.substr(0, plain);
    rest.remove_prefix(plain);
    if (!rest.empty())
      append_escape(result, rest);
  }
  return result;
}

} // namespace rollcall
