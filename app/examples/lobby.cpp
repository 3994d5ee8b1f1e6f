// Embedding in ten lines: an actor for each player, present while it lives.
#include <rollcall/presence.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exec_main.hpp>
#include <caf/send.hpp>

#include <future>
#include <iostream>

namespace {

caf::behavior player(caf::event_based_actor* self, rollcall::presence who,
                     std::string name, std::promise<void>* ready) {
  who.track(self, "lobby", name, R"({"status":"waiting"})")
      .then([=](const rollcall::tracked&) { ready->set_value(); },
            [=](const caf::error& problem) {
              std::cerr << rollcall::describe(problem) << '\n';
              ready->set_value();
            });
  return {[](caf::ok_atom) {}};
}

} // namespace

void caf_main(caf::actor_system& system) {
  auto who = rollcall::presence::start(system);
  if (!who)
    return void(std::cerr << rollcall::describe(who.error()) << '\n');
  std::promise<void> ready;
  const auto alice = system.spawn(player, *who, "alice", &ready);
  ready.get_future().wait();
  for (const auto& presence : who->list("lobby"))
    std::cout << presence.key() << ' ' << presence.meta() << '\n';
  caf::anon_send_exit(alice, caf::exit_reason::user_shutdown);
  who->stop();
}

CAF_MAIN()
