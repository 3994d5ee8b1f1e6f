#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::crdt {

/// Where to connect to.
struct peer_address {
  std::string host;
  std::uint16_t port = 0;
};

/// Reads `host:port`, with `[...]` around an IPv6 address.
[[nodiscard]] std::optional<peer_address>
parse_peer_address(std::string_view text);

} // namespace rollcall::crdt
