#include "app/node/http_text.hpp"

#include "app/node/page_text.hpp"
#include <rollcall/presence_json.hpp>

#include <fmt/format.h>

#include <charconv>
#include <iterator>

namespace rollcall::node {

namespace {

/// At which a page of a topic ends, before it has as many presences as were
/// asked for.
constexpr std::size_t topic_page_bytes = 1u << 20;

void append_json_or_null(std::string& out, std::string_view text) {
  if (text.empty())
    out += "null";
  else
    append_json_string(out, text);
}

} // namespace

http_response make_response(unsigned status, std::string body,
                            std::string content_type) {
  http_response result;
  result.status = status;
  result.content_type = std::move(content_type);
  result.body = std::move(body);
  result.headers = {{"cache-control", "no-store"},
                    {"x-content-type-options", "nosniff"},
                    {"referrer-policy", "no-referrer"}};
  return result;
}

std::optional<std::size_t> read_limit(std::string_view text, std::size_t high) {
  std::size_t result = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, result);
  if (error != std::errc{} || rest != end || result == 0 || result > high)
    return std::nullopt;
  return result;
}

std::string
topics_json(const std::vector<std::pair<std::string, counts>>& topics,
            std::size_t limit) {
  std::string out = "{\"topics\":[";
  for (const auto& [name, size] : topics) {
    out += out.ends_with('[') ? "{\"topic\":" : ",{\"topic\":";
    append_json_string(out, name);
    fmt::format_to(std::back_inserter(out), ",\"presences\":{},\"keys\":{}}}",
                   size.presences, size.keys);
  }
  out += "],\"next\":";
  append_json_or_null(out, topics.size() < limit ? std::string_view{}
                                                 : topics.back().first);
  return out += "}\n";
}

std::string topic_json(std::string_view topic, const topic_page& page) {
  std::string out = "{\"topic\":";
  append_json_string(out, topic);
  out += ',';
  const auto too_large = append_page_members(out, page, topic_page_bytes);
  if (!too_large.empty()) {
    out += ",\"too_large\":";
    append_json_string(out, too_large);
  }
  return out += "}\n";
}

} // namespace rollcall::node
