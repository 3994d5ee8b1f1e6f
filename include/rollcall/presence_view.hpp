#pragma once

#include <cstdint>

namespace rollcall {

/// What a client hears of the presences in its topic.
enum class presence_view : std::uint8_t {
  none,            ///< Nothing: broadcasts and its own pushes only.
  diffs,           ///< Each change.
  state_and_diffs, ///< All that is there, at once, and then each change.

  // As the two above, and with each leave why it left, see `leave_reason`.
  diffs_with_reasons,           ///< Each change.
  state_and_diffs_with_reasons, ///< All that is there, then each change.
};

/// Whether a client hears each change.
[[nodiscard]] constexpr bool has_diffs(presence_view view) noexcept {
  return view != presence_view::none;
}

/// Whether a client is sent at first what is there.
[[nodiscard]] constexpr bool has_state(presence_view view) noexcept {
  return view == presence_view::state_and_diffs
         || view == presence_view::state_and_diffs_with_reasons;
}

/// Whether a client hears why presences left.
[[nodiscard]] constexpr bool has_reasons(presence_view view) noexcept {
  return view == presence_view::diffs_with_reasons
         || view == presence_view::state_and_diffs_with_reasons;
}

} // namespace rollcall
