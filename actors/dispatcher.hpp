#pragma once

#include "actors/dispatch_desk.hpp"
#include "crdt/wake_ups.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>

#include <memory>

namespace rollcall {

struct dispatcher_state {
  static constexpr const char* name = "rollcall.dispatcher";

  explicit dispatcher_state(dispatcher_actor::pointer self) : self_{self} {
  }

  /// Takes up where the last actor of this desk ended.
  void start(std::shared_ptr<dispatch_desk> desk);

  /// Does all that is there, and sets the timer for the rest.
  void work();

  /// The timer fired.
  void window_ended();

  void subscriber_ended(const caf::down_msg& message);

private:
  dispatcher_actor::pointer self_;
  std::shared_ptr<dispatch_desk> desk_;
  crdt::wake_ups timers_;
};

/// The behaviour of a dispatcher: routes messages to its state.
dispatcher_actor::behavior_type
dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
           std::shared_ptr<dispatch_desk> desk);

} // namespace rollcall
