#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/error.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message_id.hpp>
#include <caf/resumable.hpp>

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace rollcall::channels {

/// Runs actors on an I/O thread: a join goes from the client's bytes through
/// channel, shard and dispatcher back to bytes without waking another thread.
///
/// Only actors that were spawned with the promise never to block run here, see
/// `spawn_nonblocking`: those of Rollcall itself, and an embedder's if it says
/// so. All others go to the scheduler, and so does what turns out to be long.
///
/// Threads: confined to its I/O thread.
class io_execution_unit final : public caf::execution_unit {
public:
  /// Messages that an actor takes at once, and actors that take turns at once.
  static constexpr std::size_t messages_max = 64;
  static constexpr std::size_t turns_max = 64;

  io_execution_unit(caf::actor_system& system, boost::asio::io_context& home)
      : caf::execution_unit{&system},
        home_{home} {
  }

  ~io_execution_unit() override;

  /// Takes an actor that has got something to do, with a reference to it.
  void exec_later(caf::resumable* which) override;

  /// Gives the actors their turns. Not needed: it happens soon anyway.
  void run();

  /// Sends a message without a sender, to be handled here if that may be.
  template <class T>
  void send(const caf::actor& to, T message) {
    to->enqueue(caf::make_mailbox_element(nullptr, caf::make_message_id(), {},
                                          std::move(message)),
                this);
  }

  /// Asks an actor to end.
  void send_exit(const caf::actor& to, caf::error why);

private:
  void take_turn(caf::resumable* which);
  void hand_over(caf::resumable* which);

  boost::asio::io_context& home_;
  std::vector<caf::resumable*> waiting_;
  bool is_running_ = false;
  bool is_posted_ = false;
};

} // namespace rollcall::channels
