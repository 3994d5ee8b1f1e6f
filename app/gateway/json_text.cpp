#include "app/gateway/json_text.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdint>

namespace rollcall::channels {

namespace json = boost::json;

namespace {

/// Takes what the parser finds and keeps nothing.
struct ignore_all {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  using error = json::error_code;
  using text = json::string_view;

  bool on_document_begin(error&) {
    return true;
  }
  bool on_document_end(error&) {
    return true;
  }
  bool on_object_begin(error&) {
    return true;
  }
  bool on_object_end(std::size_t, error&) {
    return true;
  }
  bool on_array_begin(error&) {
    return true;
  }
  bool on_array_end(std::size_t, error&) {
    return true;
  }
  bool on_key_part(text, std::size_t, error&) {
    return true;
  }
  bool on_key(text, std::size_t, error&) {
    return true;
  }
  bool on_string_part(text, std::size_t, error&) {
    return true;
  }
  bool on_string(text, std::size_t, error&) {
    return true;
  }
  bool on_number_part(text, error&) {
    return true;
  }
  bool on_int64(std::int64_t, text, error&) {
    return true;
  }
  bool on_uint64(std::uint64_t, text, error&) {
    return true;
  }
  bool on_double(double, text, error&) {
    return true;
  }
  bool on_bool(bool, error&) {
    return true;
  }
  bool on_null(error&) {
    return true;
  }
  bool on_comment_part(text, error&) {
    return true;
  }
  bool on_comment(text, error&) {
    return true;
  }
};

bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

/// Where the string that starts at `at` ends: one past its closing quote.
std::size_t skip_string(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\')
      ++at;
  return at + 1;
}

/// Where the element that starts at `at` ends: at its comma or at the end.
std::size_t skip_element(std::string_view text, std::size_t at) noexcept {
  for (std::size_t depth = 0; at < text.size();) {
    const auto c = text[at];
    if (c == '"') {
      at = skip_string(text, at);
      continue;
    }
    if (c == ',' && depth == 0)
      return at;
    if (c == '[' || c == '{')
      ++depth;
    else if ((c == ']' || c == '}') && depth-- == 0)
      return text.size(); // The array ends here.
    ++at;
  }
  return text.size();
}

/// Length of the UTF-8 sequence at the front, 0 if it is none.
std::size_t sequence_length(std::string_view bytes) noexcept {
  const auto at
      = [bytes](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const auto first = at(0);
  const std::size_t size = first < 0x80             ? 1
                           : (first & 0xe0) == 0xc0 ? 2
                           : (first & 0xf0) == 0xe0 ? 3
                           : (first & 0xf8) == 0xf0 ? 4
                                                    : 0;
  if (size == 0 || size > bytes.size())
    return 0;
  std::uint32_t point = size == 1 ? first : first & (0xffu >> (size + 1));
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

json_verdict check_json(std::string_view text, std::size_t depth_max) {
  json::parse_options options;
  options.max_depth = depth_max;
  json::basic_parser<ignore_all> parser{options};
  json::error_code problem;
  const auto used = parser.write_some(false, text.data(), text.size(), problem);
  if (problem == json::error::too_deep)
    return json_verdict::too_deep;
  if (problem || !trim(text.substr(used)).empty())
    return json_verdict::malformed;
  return json_verdict::ok;
}

bool is_utf8(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const auto size = sequence_length(bytes);
    if (size == 0)
      return false;
    bytes.remove_prefix(size);
  }
  return true;
}

std::optional<array_slices> slice_array(std::string_view text) {
  text = trim(text);
  if (text.size() < 2 || text.front() != '[')
    return std::nullopt;
  text = trim(text.substr(1, text.size() - 2));
  array_slices result;
  while (!text.empty() && result.count < result.elements.size()) {
    const auto end = skip_element(text, 0);
    result.elements[result.count++] = trim(text.substr(0, end));
    text.remove_prefix(end < text.size() ? end + 1 : end);
  }
  return result;
}

std::optional<array_slices> slice_front(std::string_view text,
                                        std::size_t count) {
  constexpr std::size_t depth_max = 8;
  text = trim(text);
  if (text.empty() || text.front() != '[')
    return std::nullopt;
  text.remove_prefix(1);
  array_slices result;
  while (result.count < std::min(count, result.elements.size())) {
    const auto end = skip_element(text, 0);
    const auto element = trim(text.substr(0, end));
    if (end >= text.size()
        || check_json(element, depth_max) != json_verdict::ok)
      return std::nullopt;
    result.elements[result.count++] = element;
    text.remove_prefix(end + 1);
  }
  return result;
}

bool is_object(std::string_view text) noexcept {
  text = trim(text);
  return text.size() >= 2 && text.front() == '{' && text.back() == '}';
}

std::optional<std::string> unquote(std::string_view token) {
  if (token.size() < 2 || token.front() != '"')
    return std::nullopt;
  const auto inner = token.substr(1, token.size() - 2);
  if (inner.find('\\') == std::string_view::npos)
    return std::string{inner};
  json::error_code problem;
  const auto value
      = json::parse(json::string_view{token.data(), token.size()}, problem);
  if (problem || !value.is_string())
    return std::nullopt;
  const auto& text = value.get_string();
  return std::string{text.data(), text.size()};
}

std::optional<std::string> string_member(std::string_view object,
                                         std::string_view name) {
  json::error_code problem;
  const auto value
      = json::parse(json::string_view{object.data(), object.size()}, problem);
  if (problem || !value.is_object())
    return std::nullopt;
  const auto* found
      = value.get_object().if_contains({name.data(), name.size()});
  if (!found || !found->is_string())
    return std::nullopt;
  const auto& text = found->get_string();
  return std::string{text.data(), text.size()};
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<std::uint8_t>(c) < 0x20) {
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

} // namespace rollcall::channels
