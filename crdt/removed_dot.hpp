#pragma once

#include "rollcall/leave_reason.hpp"

#include <compare>
#include <cstdint>

namespace rollcall::crdt {

/// A dot of some replica that died.
struct removed_dot {
  removed_dot(std::uint64_t dead, leave_reason reason = leave_reason::left)
      : seq{dead},
        why{reason} {
  }

  std::uint64_t seq;
  leave_reason why;

  friend auto operator<=>(const removed_dot&, const removed_dot&) = default;
};

} // namespace rollcall::crdt
