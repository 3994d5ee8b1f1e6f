#pragma once

#include <caf/fwd.hpp>

#include <functional>

namespace rollcall::detail {

/// Has `work` done when an actor system ends: when all actors that it waits for
/// have ended, and before its threads do. What outlives its actor system must
/// let go of it then.
///
/// Errors:  `work` must not throw.
/// Threads: `work` is called once, in any thread; one that runs actors may be
///          the last that does, so `work` must not wait for an actor.
void at_system_end(caf::actor_system& system, std::function<void()> work);

} // namespace rollcall::detail
