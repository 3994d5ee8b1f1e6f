#include "actors/ending_unit.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/system_messages.hpp>

#include <cstddef>

namespace rollcall {

namespace {

constexpr std::size_t messages_per_turn = 64;

} // namespace

ending_unit::ending_unit(caf::actor_system& system) : execution_unit{&system} {
}

void ending_unit::end(const caf::strong_actor_ptr& which) {
  if (!which)
    return;
  auto* actor = caf::actor_cast<caf::abstract_actor*>(which);
  ours_.insert(static_cast<caf::scheduled_actor*>(actor));
  actor->enqueue(
      caf::make_mailbox_element(
          nullptr, caf::make_message_id(caf::message_priority::high), {},
          caf::exit_msg{actor->address(), caf::exit_reason::user_shutdown}),
      this);
}

void ending_unit::run() {
  while (!waiting_.empty()) {
    auto* next = waiting_.front();
    waiting_.pop_front();
    if (next->resume(this, messages_per_turn) == caf::resumable::resume_later)
      waiting_.push_back(next);
    else
      caf::intrusive_ptr_release(next);
  }
}

/// Actors of others may block, so they go where they would have gone.
void ending_unit::exec_later(caf::resumable* next) {
  if (ours_.contains(next))
    waiting_.push_back(next);
  else
    system().scheduler().enqueue(next);
}

} // namespace rollcall
