// Who of my friends is online, in whichever topic and on whichever node? A
// follower is told once, and then of each change.
#include <rollcall/presence.hpp>
#include <rollcall/scoped.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exec_main.hpp>
#include <caf/scoped_actor.hpp>

#include <iostream>

namespace {

/// Is online, in a match, until it is told `ok`.
caf::behavior bob(caf::event_based_actor* self, const rollcall::presence& who) {
  who.track(self, "match:1", "bob", "{}").then([](const rollcall::tracked&) {});
  return {[self](caf::ok_atom) { self->quit(); }};
}

/// Follows two friends, of whom one comes and goes.
caf::behavior follower(caf::event_based_actor* self,
                       const rollcall::presence& who) {
  who.follow(self, {"bob", "cat"}).then([] {});
  return {
      // It keeps a handle to bob: CAF ends an actor that nobody can reach.
      [=, handle = caf::actor{}](const rollcall::follow_state& told) mutable {
        std::cout << told.online.size() << " online, " << told.offline.size()
                  << " offline" << std::endl;
        handle = self->spawn(bob, who);
      },
      [=](const rollcall::came_online& told) {
        std::cout << told.key << " came online" << std::endl;
        // The friend is present as an actor, which can be told anything.
        who.tell("match:1", told.key, caf::make_message(caf::ok_atom_v));
      },
      [=](const rollcall::went_offline& told) {
        std::cout << told.key << " went offline" << std::endl;
        self->quit();
      },
  };
}

} // namespace

void caf_main(caf::actor_system& system) {
  auto started = rollcall::presence::start(system);
  if (!started)
    return void(std::cerr << rollcall::describe(started.error()) << '\n');
  rollcall::scoped who{*started};
  caf::scoped_actor self{system};
  self->wait_for(system.spawn(follower, *who));
}

CAF_MAIN()
