#pragma once

#include <rollcall/presence.hpp>

#include <caf/actor_system.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>

namespace backend {

/// Is present in `arena:1`; answers each `shot` with a `score`.
caf::behavior player(caf::event_based_actor* self, rollcall::presence who);

/// Whether a `shot` inside a message is the same after CAF wrote and read it.
bool travels(caf::actor_system& system);

} // namespace backend
