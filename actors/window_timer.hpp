#pragma once

#include "crdt/wake_ups.hpp"
#include "messages/type_ids.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace rollcall {

/// Has an actor hear that a window has ended when something is next due, unless
/// a timer of it that runs already fires as early.
template <class Self>
void start_window_timer(Self self, crdt::wake_ups& timers,
                        std::optional<std::chrono::nanoseconds> due,
                        std::chrono::nanoseconds now) {
  if (due && timers.start(*due))
    self->delayed_send(self, std::max(*due - now, std::chrono::nanoseconds{0}),
                       atom::window_v);
}

} // namespace rollcall
