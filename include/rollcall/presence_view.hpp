#pragma once

#include <cstdint>

namespace rollcall {

/// What a client hears of the presences in its topic.
enum class presence_view : std::uint8_t {
  none,            ///< Nothing: broadcasts and its own pushes only.
  diffs,           ///< Each change.
  state_and_diffs, ///< All that is there, at once, and then each change.
};

} // namespace rollcall
