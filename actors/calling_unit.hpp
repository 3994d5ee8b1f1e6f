#pragma once

#include "rollcall/nonblocking.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message_id.hpp>
#include <caf/resumable.hpp>

#include <cstddef>
#include <utility>

namespace rollcall {

/// Runs one actor in the calling thread, which has a message for it: to wake
/// another thread costs more than a short turn.
///
/// Threads: one. It outlives the turns of the actor.
class calling_unit final : public caf::execution_unit {
public:
  /// Messages that the actor takes at once; the rest is for the scheduler.
  static constexpr std::size_t messages_max = 64;

  explicit calling_unit(caf::actor_system& system);

  /// Sends a message without a sender. The actor takes its turn here if it has
  /// nothing to do, and was spawned with the promise never to block.
  template <class T>
  void send(const caf::actor& to, T message) {
    is_taking_ = never_blocks(*caf::actor_cast<caf::abstract_actor*>(to));
    to->enqueue(caf::make_mailbox_element(nullptr, caf::make_message_id(), {},
                                          std::move(message)),
                this);
    is_taking_ = false;
    run();
  }

  /// Takes the actor that `send` is for; all others go to the scheduler.
  void exec_later(caf::resumable* next) override;

private:
  void run();

  caf::resumable* next_ = nullptr;
  bool is_taking_ = false;
};

} // namespace rollcall
