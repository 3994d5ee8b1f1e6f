#include "actors/calling_unit.hpp"

#include <caf/scheduler/abstract_coordinator.hpp>

namespace rollcall {

calling_unit::calling_unit(caf::actor_system& system)
    : execution_unit{&system} {
}

void calling_unit::exec_later(caf::resumable* next) {
  if (std::exchange(is_taking_, false))
    next_ = next;
  else
    system().scheduler().enqueue(next);
}

void calling_unit::run() {
  auto* which = std::exchange(next_, nullptr);
  if (which == nullptr)
    return;
  if (which->resume(this, messages_max) == caf::resumable::resume_later)
    system().scheduler().enqueue(which);
  else
    caf::intrusive_ptr_release(which);
}

} // namespace rollcall
