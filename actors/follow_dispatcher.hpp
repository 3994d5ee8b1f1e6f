#pragma once

#include "actors/follow_slot.hpp"
#include "crdt/wake_ups.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/system_messages.hpp>

#include <memory>

namespace rollcall {

/// Carries out what the `follow_core` of a node decides: tells the followers.
struct follow_dispatcher_state {
  static constexpr const char* name = "rollcall.follow";

  explicit follow_dispatcher_state(follow_dispatcher_actor::pointer self)
      : self_{self} {
  }

  /// Takes up where the last actor of this slot ended.
  void start(std::shared_ptr<follow_slot> slot);

  /// Does what is there, and sets the timer for the rest.
  void work();

  /// The timer fired.
  void window_ended();

  void follower_ended(const caf::down_msg& message);

private:
  static constexpr int batches_max = 16; ///< Of one turn.

  void carry_out(const follow_batch& batch);
  void deliver(const follow_batch::delivery& one);
  void wait(crdt::tick_time now);

  follow_dispatcher_actor::pointer self_;
  std::shared_ptr<follow_slot> slot_;
  crdt::wake_ups timers_;
};

/// The behaviour of the follow dispatcher: routes messages to its state.
follow_dispatcher_actor::behavior_type follow_dispatcher(
    follow_dispatcher_actor::stateful_pointer<follow_dispatcher_state> self,
    std::shared_ptr<follow_slot> slot);

} // namespace rollcall
