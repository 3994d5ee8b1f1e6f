#pragma once

#include "crdt/dot.hpp"

#include <compare>
#include <cstdint>

namespace rollcall::crdt {

/// When and where a session began: the first version of a presence in a topic
/// that allows a key one session. Later versions keep it, so all nodes order
/// two sessions alike, whatever they know of the updates of each.
///
/// Units: milliseconds since 1970 by the clock of the node of the track, or
///        more: a login is later than every one of its key that its node shows.
struct login {
  std::uint64_t moment_ms = 0;
  replica_tag origin; ///< The writer of the first version.

  friend auto operator<=>(const login&, const login&) = default;
};

/// The latest moment, about 8900 years after 1970: the wire has six bytes.
inline constexpr std::uint64_t login_moment_max = (std::uint64_t{1} << 48) - 1;

} // namespace rollcall::crdt
