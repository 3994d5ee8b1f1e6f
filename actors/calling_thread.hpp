#pragma once

#include <caf/fwd.hpp>

namespace rollcall {

/// Marks the calling thread, as long as it lives, as one that runs the code of
/// an embedder for one of our actors.
class hook_scope {
public:
  hook_scope() noexcept;
  ~hook_scope();
  hook_scope(const hook_scope&) = delete;
  hook_scope& operator=(const hook_scope&) = delete;
};

/// Whether the calling thread is inside of a hook.
[[nodiscard]] bool is_inside_hook() noexcept;

/// Whether the calling thread may wait for an actor of ours to end. One that
/// runs actors, or an actor's hook, may be the one that actor needs.
[[nodiscard]] bool may_wait_here() noexcept;

/// Whether the actors of a system run only when the test says so, in its own
/// thread. Whoever waits for one there waits for ever.
[[nodiscard]] bool runs_by_hand(caf::actor_system& system) noexcept;

} // namespace rollcall
