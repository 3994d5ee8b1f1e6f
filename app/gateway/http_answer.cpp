#include "app/gateway/http_answer.hpp"

#include "app/gateway/text.hpp"

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace rollcall::channels {

namespace {

namespace http = boost::beast::http;

constexpr std::string_view own_headers[]
    = {"connection", "content-length", "content-type", "transfer-encoding"};

bool is_own(const std::string& name) {
  return std::find(std::begin(own_headers), std::end(own_headers),
                   to_lower(name))
         != std::end(own_headers);
}

/// A token of RFC 9110.
bool is_name(std::string_view text) noexcept {
  constexpr std::string_view symbols = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || symbols.find(c) != std::string_view::npos;
  });
}

/// One line: no control characters but tabs.
bool is_value(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

/// RFC 9110: these have no content.
bool has_body(unsigned status) noexcept {
  return status != 204 && status != 304;
}

} // namespace

std::string_view answer_problem(const http_response& response) {
  if (response.status < 200 || response.status > 599)
    return "the status is not within 200 to 599";
  if (!is_value(response.content_type))
    return "the content type has a control character";
  for (const auto& [name, value] : response.headers) {
    if (!is_name(name))
      return "a header's name is empty or has a character that is not allowed";
    if (!is_value(value))
      return "a header's value has a control character";
  }
  return {};
}

std::string encode_answer(const http_response& response, bool keeps_alive,
                          bool with_body) {
  const auto reason
      = http::obsolete_reason(http::int_to_status(response.status));
  auto out
      = fmt::format("HTTP/1.1 {} {}\r\nConnection: {}\r\n", response.status,
                    std::string_view{reason.data(), reason.size()},
                    keeps_alive ? "keep-alive" : "close");
  if (has_body(response.status))
    fmt::format_to(std::back_inserter(out),
                   "Content-Type: {}\r\nContent-Length: {}\r\n",
                   response.content_type, response.body.size());
  for (const auto& [name, value] : response.headers)
    if (!is_own(name))
      fmt::format_to(std::back_inserter(out), "{}: {}\r\n", name, value);
  out += "\r\n";
  if (with_body && has_body(response.status))
    out += response.body;
  return out;
}

} // namespace rollcall::channels
