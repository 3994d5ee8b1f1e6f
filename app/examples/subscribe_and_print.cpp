// A subscriber gets who is there, and then each change, in order.
#include <rollcall/presence.hpp>
#include <rollcall/scoped.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exec_main.hpp>
#include <caf/scoped_actor.hpp>

#include <iostream>

namespace {

/// Does nothing but live: its presences end with it.
caf::behavior player(caf::event_based_actor*) {
  return {[](int) {}};
}

/// Prints who is there, sends ann away, and ends when the topic is empty.
caf::behavior printer(caf::event_based_actor* self,
                      const rollcall::presence& who, const caf::actor& ann) {
  who.subscribe(self, "lobby").then([] {});
  return {
      [self, ann](const rollcall::topic_snapshot_ptr& state) {
        for (const auto& each : state->presences)
          std::cout << each.key() << " is here " << each.meta() << std::endl;
        self->send_exit(ann, caf::exit_reason::user_shutdown);
      },
      [self, who](const rollcall::diff_ptr& change) {
        for (const auto& each : change->joins)
          std::cout << each->key() << " came " << each->meta() << std::endl;
        for (std::size_t i = 0; i < change->leaves.size(); ++i)
          std::cout << change->leaves[i]->key() << " went, "
                    << to_string(change->leave_reasons[i]) << std::endl;
        if (who.count("lobby").presences == 0)
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
  const auto ann = system.spawn(player);
  if (const auto done = who->track(ann, "lobby", "ann", R"({"team":"red"})");
      !done)
    return void(std::cerr << rollcall::describe(done.error()) << '\n');
  caf::scoped_actor self{system};
  self->wait_for(system.spawn(printer, *who, ann));
}

CAF_MAIN()
