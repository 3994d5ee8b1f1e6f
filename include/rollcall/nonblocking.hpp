#pragma once

#include <caf/abstract_actor.hpp>
#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/spawn_options.hpp>

#include <type_traits>
#include <utility>

namespace rollcall {

namespace detail {

/// A bit that CAF 0.17 leaves free in the flags of an actor.
inline constexpr int never_blocks_flag = 0x0010'0000;

} // namespace detail

/// Spawns a function-based actor that never blocks: what it does for one
/// message takes microseconds and waits for nothing. That is a promise of the
/// caller, and the permission for the I/O threads of a gateway to run it beside
/// the sockets that they serve, which saves a switch of threads. Actors without
/// it always run on CAF's scheduler.
///
/// @param system in which it lives.
/// @param where takes the first turn: `join::io_thread` in a channel factory,
///              or null for CAF's scheduler.
/// @param function makes the behavior.
/// @param arguments are given to `function`, after `self`.
/// Threads: any, if `where` is null; else that of `where`.
template <caf::spawn_options Options = caf::no_spawn_options, class F,
          class... Ts>
auto spawn_nonblocking(caf::actor_system& system, caf::execution_unit* where,
                       F function, Ts&&... arguments) {
  caf::actor_config settings{where};
  settings.add_flag(detail::never_blocks_flag);
  return system.spawn_functor<Options>(std::true_type{}, settings, function,
                                       std::forward<Ts>(arguments)...);
}

/// Whether an actor was spawned with the promise that it never blocks.
[[nodiscard]] inline bool never_blocks(const caf::abstract_actor& who) {
  return who.getf(detail::never_blocks_flag);
}

} // namespace rollcall
