#include "rollcall/system_end.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/atom.hpp>

#include <utility>

namespace rollcall::detail {

// CAF offers no such event. But the actors of its own that a system ends first,
// after those that it waits for, are known by name.
void at_system_end(caf::actor_system& system, std::function<void()> work) {
  const auto first_to_end
      = system.registry().get<caf::strong_actor_ptr>(caf::atom("SpawnServ"));
  if (first_to_end)
    first_to_end->get()->attach_functor(std::move(work));
}

} // namespace rollcall::detail
