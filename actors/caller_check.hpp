#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/error.hpp>

#include <memory>
#include <utility>

/// What every call checks of its caller before it does anything.
namespace rollcall {

class runtime;

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

/// Whether an actor lives in this actor system; also if there is none. Systems
/// of one process may have one node id.
[[nodiscard]] bool is_of(const caf::strong_actor_ptr& who,
                         const caf::actor_system& system);

/// As `check_alive`, for an actor that gets messages which stay on their node.
/// Errors: `invalid_owner`.
[[nodiscard]] caf::error check_local(const caf::strong_actor_ptr& who,
                                     const char* role, const runtime& node);

} // namespace rollcall
