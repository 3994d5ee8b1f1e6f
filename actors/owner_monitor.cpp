#include "actors/owner_monitor.hpp"

#include "actors/runtime.hpp"
#include <rollcall/error.hpp>

#include <caf/exit_reason.hpp>

namespace rollcall {

namespace {

leave_reason reason_of(const caf::error& end) {
  if (end == caf::exit_reason::normal)
    return leave_reason::left;
  return code_of(end) == ec::kicked ? leave_reason::kicked : leave_reason::lost;
}

} // namespace

void owner_monitor::start(const std::shared_ptr<shard_slot>& slot,
                          const caf::strong_actor_ptr& owner,
                          std::uint64_t number) {
  owner->get()->attach(std::make_unique<owner_monitor>(slot, owner, number));
}

void owner_monitor::stop(const shard_slot& slot,
                         const caf::strong_actor_ptr& owner,
                         std::uint64_t number) {
  const name wanted{&slot, number};
  owner->get()->detach(token{wanted});
}

owner_monitor::owner_monitor(const std::shared_ptr<shard_slot>& slot,
                             const caf::strong_actor_ptr& owner,
                             std::uint64_t number)
    : slot_{slot},
      system_{*owner->home_system},
      owner_{owner->id()},
      name_{slot.get(), number} {
}

void owner_monitor::actor_exited(const caf::error& reason,
                                 caf::execution_unit* host) {
  if (const auto slot = slot_.lock())
    slot->owner_ended(owner_, reason_of(reason), tick_of(system_.clock().now()),
                      host);
}

bool owner_monitor::matches(const token& candidate) {
  if (candidate.subtype != name::token_type)
    return false;
  const auto& wanted = *static_cast<const name*>(candidate.ptr);
  return wanted.slot == name_.slot && wanted.number == name_.number;
}

} // namespace rollcall
