#pragma once

#include <chrono>
#include <cstdint>

namespace rollcall::node {

/// What the wall clock says, in seconds: for tokens and people, since it may go
/// back.
[[nodiscard]] inline std::int64_t unix_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

} // namespace rollcall::node
