#include "app/gateway/handshake.hpp"
#include "app/gateway/text.hpp"

#include <algorithm>
#include <charconv>

namespace rollcall::channels {

namespace {

/// The host of a header without its port, in lower case and without the dot
/// that may end a full name; empty if there is none.
std::string host_of(std::string_view header) {
  header = trim(header);
  const auto bracket = header.rfind(']');
  const auto colon = header.rfind(':');
  if (colon != std::string_view::npos
      && (bracket == std::string_view::npos || colon > bracket))
    header = header.substr(0, colon);
  auto host = to_lower(header);
  if (host.ends_with('.'))
    host.pop_back();
  return host;
}

/// Four numbers of 0 to 255: browsers turn all other spellings into this one.
bool is_ipv4(std::string_view host) {
  const auto parts = split(host, '.');
  return parts.size() == 4
         && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
              unsigned value = 0;
              const auto* end = part.data() + part.size();
              const auto [stop, problem]
                  = std::from_chars(part.data(), end, value);
              return problem == std::errc{} && stop == end && value <= 255;
            });
}

bool is_ipv6(std::string_view host) {
  return host.starts_with('[') && host.ends_with(']')
         && host.find_first_not_of("0123456789abcdef:.[]")
                == std::string_view::npos;
}

} // namespace

bool is_loopback_host(std::string_view host_header) {
  const auto host = host_of(host_header);
  return host == "localhost" || host.ends_with(".localhost") || host == "[::1]"
         || (host.starts_with("127.") && is_ipv4(host));
}

std::optional<host_policy>
host_policy::parse(const std::vector<std::string>& entries) {
  host_policy result;
  for (const auto& entry : entries) {
    auto name = to_lower(entry);
    if (name == "*") {
      result.allows_all_ = true;
      continue;
    }
    if (name.starts_with("*."))
      name.erase(0, 1);
    if (name.empty() || name == "."
        || name.find_first_of(":/* \t") != std::string::npos)
      return std::nullopt;
    result.names_.push_back(std::move(name));
  }
  return result;
}

bool host_policy::allows(std::string_view host_header) const {
  const auto host = host_of(host_header);
  if (host.empty())
    return false;
  if (allows_all_ || is_loopback_host(host) || is_ipv4(host) || is_ipv6(host))
    return true;
  return std::any_of(names_.begin(), names_.end(), [&host](const auto& name) {
    return name.starts_with('.') ? host.ends_with(name) : host == name;
  });
}

} // namespace rollcall::channels
