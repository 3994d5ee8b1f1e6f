#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace rollcall {

/// Why a version of a presence left.
///
/// What is not passed on counts as `left`: a node that hears another one only
/// through a third, or that lags far behind, learns that presences ended and
/// not why.
enum class leave_reason : std::uint8_t {
  updated,   ///< The presence goes on: a newer version joins.
  left,      ///< It was untracked, or its owner ended in good order.
  lost,      ///< Its owner ended abnormally; a linger is over.
  kicked,    ///< Its topic was ended (`presence::end_topic`), or its owner
             ///< with `ec::kicked`, as `gateway::disconnect` does it, or
             ///< `self->quit(make_error(ec::kicked))`.
  node_down, ///< Its node left, or is silent. It may come back.
  replaced,  ///< Another session of the key counts in a topic that allows one,
             ///< see `config::single_session`.
};

/// The names of all `leave_reason`, in their order.
inline constexpr std::string_view leave_reason_names[] = {
    "updated", "left", "lost", "kicked", "node_down", "replaced",
};

/// The name of a reason, as clients see it.
[[nodiscard]] constexpr std::string_view to_string(leave_reason why) noexcept {
  const auto place = static_cast<std::size_t>(why);
  return place < std::size(leave_reason_names) ? leave_reason_names[place]
                                               : std::string_view{"unknown"};
}
static_assert(to_string(leave_reason::replaced) == "replaced");

} // namespace rollcall
