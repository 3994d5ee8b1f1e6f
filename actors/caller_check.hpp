#pragma once

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>

#include <memory>
#include <utility>

/// What every call checks of its caller before it does anything.
namespace rollcall {

class runtime;

[[nodiscard]] inline caf::strong_actor_ptr
pointer_of(const caf::actor& handle) {
  return caf::actor_cast<caf::strong_actor_ptr>(handle);
}

/// The first problem of several checks.
[[nodiscard]] inline caf::error first_of(caf::error a, caf::error b) {
  return a ? std::move(a) : std::move(b);
}

/// Errors: `not_started`.
[[nodiscard]] caf::error check_started(const std::shared_ptr<runtime>& node);

/// @param role is what the actor is to the call.
/// Errors: `invalid_owner`.
[[nodiscard]] caf::error check_alive(const caf::strong_actor_ptr& who,
                                     const char* role);

} // namespace rollcall
