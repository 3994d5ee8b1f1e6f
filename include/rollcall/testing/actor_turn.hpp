#pragma once

#include <caf/fwd.hpp>

namespace rollcall::testing {

/// For the kit itself: marks the calling thread, as long as this lives, as one
/// that runs the actors of a system by hand. What an actor asks for then cannot
/// wait for that actor: `presence::stop` answers `inside_actor`.
class actor_turn {
public:
  /// A turn of the actors of this system begins.
  explicit actor_turn(const caf::actor_system& whose) noexcept;
  /// It is over.
  ~actor_turn();
  actor_turn(const actor_turn&) = delete;
  actor_turn& operator=(const actor_turn&) = delete;

  /// Whether the calling thread runs actors of any system by hand.
  [[nodiscard]] static bool is_under_way() noexcept;

  /// Likewise, those of one system.
  [[nodiscard]] static bool is_under_way(const caf::actor_system& of) noexcept;

private:
  const caf::actor_system& whose_;
  const actor_turn* outer_; ///< In which an actor began this one.
};

} // namespace rollcall::testing
