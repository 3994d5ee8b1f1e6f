#pragma once

#include <chrono>
#include <cstdint>

namespace rollcall::node {

/// What the wall clock says, since 1970: for tokens and people, since it may go
/// back.
[[nodiscard]] inline std::chrono::milliseconds unix_time() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
}

[[nodiscard]] inline std::int64_t unix_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(unix_time()).count();
}

} // namespace rollcall::node
