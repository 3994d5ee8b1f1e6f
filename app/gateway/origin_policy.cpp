#include "app/gateway/handshake.hpp"
#include "app/gateway/text.hpp"

#include <algorithm>
#include <charconv>

namespace rollcall::channels {

namespace {

std::uint32_t default_port(std::string_view scheme) noexcept {
  if (scheme == "http" || scheme == "ws")
    return 80;
  return scheme == "https" || scheme == "wss" ? 443 : 0;
}

/// Cuts `host:port`; an IPv6 address keeps its brackets.
/// @returns whether the port is a number, if there is one.
bool split_port(std::string_view text, std::string& host, std::uint32_t& port) {
  const auto colon = text.rfind(':');
  const auto bracket = text.rfind(']');
  const bool has_port
      = colon != std::string_view::npos
        && (bracket == std::string_view::npos || colon > bracket);
  host = to_lower(has_port ? text.substr(0, colon) : text);
  if (!has_port)
    return true;
  const auto digits = text.substr(colon + 1);
  const auto* end = digits.data() + digits.size();
  const auto [stop, problem] = std::from_chars(digits.data(), end, port);
  return problem == std::errc{} && stop == end && port <= 65'535;
}

} // namespace

std::optional<origin_policy::rule>
origin_policy::parse_rule(std::string_view text) {
  rule result;
  const auto slashes = text.find("//");
  if (slashes == std::string_view::npos)
    return std::nullopt;
  auto scheme = text.substr(0, slashes);
  if (!scheme.empty() && scheme.back() != ':')
    return std::nullopt;
  if (!scheme.empty())
    result.scheme = to_lower(scheme.substr(0, scheme.size() - 1));
  auto authority = text.substr(slashes + 2);
  authority = authority.substr(0, authority.find('/'));
  if (!split_port(authority, result.host, result.port))
    return std::nullopt;
  if (result.host.starts_with("*.")) {
    result.with_subdomains = true;
    result.host.erase(0, 2);
  }
  if (result.host.empty())
    return std::nullopt;
  if (result.port == 0)
    result.port = default_port(result.scheme);
  return result;
}

std::optional<origin_policy>
origin_policy::parse(const std::vector<std::string>& entries) {
  origin_policy result;
  for (const auto& entry : entries) {
    if (entry == "*") {
      result.allows_all_ = true;
    } else if (entry == "same-host") {
      result.allows_same_host_ = true;
    } else if (auto parsed = parse_rule(entry)) {
      result.rules_.push_back(std::move(*parsed));
    } else {
      return std::nullopt;
    }
  }
  return result;
}

bool origin_policy::fits(const rule& allowed, const rule& origin) {
  if (!allowed.scheme.empty() && allowed.scheme != origin.scheme)
    return false;
  if (allowed.port != 0 && allowed.port != origin.port)
    return false;
  if (allowed.host == origin.host)
    return true;
  return allowed.with_subdomains && origin.host.ends_with("." + allowed.host);
}

bool origin_policy::allows(const std::optional<std::string>& origin,
                           std::string_view host_header,
                           const host_policy& hosts) const {
  if (!origin || allows_all_)
    return true;
  const auto from = parse_rule(*origin);
  if (!from || from->with_subdomains)
    return false;
  std::string host;
  std::uint32_t port = 0;
  if (allows_same_host_ && split_port(trim(host_header), host, port)
      && host == from->host && hosts.allows(host_header))
    return true;
  return std::any_of(rules_.begin(), rules_.end(),
                     [&from](const rule& each) { return fits(each, *from); });
}

} // namespace rollcall::channels
