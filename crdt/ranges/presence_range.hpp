#pragma once

#include <compare>
#include <cstddef>

namespace rollcall::crdt {

/// Places of a topic's presences in order of key.
struct presence_range {
  std::size_t first = 0; ///< From 0.
  std::size_t count = 0;

  friend auto operator<=>(const presence_range&, const presence_range&)
      = default;
};

} // namespace rollcall::crdt
