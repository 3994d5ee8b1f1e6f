#include "app/gateway/json_text.hpp"

#include "text/json_handler.hpp"
#include "text/json_scan.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdint>

namespace rollcall::channels {

namespace json = boost::json;

json_verdict check_json(std::string_view text, std::size_t depth_max) {
  json::parse_options options;
  options.max_depth = depth_max;
  json::basic_parser<json_handler> parser{options};
  json::error_code problem;
  const auto used = parser.write_some(false, text.data(), text.size(), problem);
  if (problem == json::error::too_deep)
    return json_verdict::too_deep;
  if (problem || !trim_json(text.substr(used)).empty())
    return json_verdict::malformed;
  return json_verdict::ok;
}

std::optional<array_slices> slice_array(std::string_view text) {
  text = trim_json(text);
  if (text.size() < 2 || text.front() != '[')
    return std::nullopt;
  text = trim_json(text.substr(1, text.size() - 2));
  array_slices result;
  while (!text.empty() && result.count < result.elements.size()) {
    const auto end = end_of_json_value(text, 0);
    result.elements[result.count++] = trim_json(text.substr(0, end));
    text.remove_prefix(end < text.size() ? end + 1 : end);
  }
  return result;
}

std::optional<array_slices> slice_front(std::string_view text,
                                        std::size_t count) {
  constexpr std::size_t depth_max = 8;
  text = trim_json(text);
  if (text.empty() || text.front() != '[')
    return std::nullopt;
  text.remove_prefix(1);
  array_slices result;
  while (result.count < std::min(count, result.elements.size())) {
    const auto end = end_of_json_value(text, 0);
    const auto element = trim_json(text.substr(0, end));
    if (end >= text.size() || text[end] != ','
        || check_json(element, depth_max) != json_verdict::ok)
      return std::nullopt;
    result.elements[result.count++] = element;
    text.remove_prefix(end + 1);
  }
  return result;
}

bool is_object(std::string_view text) noexcept {
  text = trim_json(text);
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

} // namespace rollcall::channels
