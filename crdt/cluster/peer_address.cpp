#include "crdt/cluster/peer_address.hpp"

#include <charconv>

namespace rollcall::crdt {

std::optional<peer_address> parse_peer_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return std::nullopt; // an IPv6 address needs its brackets
  const auto digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, problem]
      = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (problem != std::errc{} || end != digits.data() + digits.size()
      || host.empty())
    return std::nullopt;
  return peer_address{std::string{host}, port};
}

} // namespace rollcall::crdt
