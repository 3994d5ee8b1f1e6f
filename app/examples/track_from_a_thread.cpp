// A thread that is no actor tracks players: it names the actor to whose life a
// presence is bound, and has the answer at once.
#include <rollcall/presence.hpp>
#include <rollcall/scoped.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exec_main.hpp>
#include <caf/send.hpp>

#include <iostream>
#include <thread>

namespace {

/// A connection of the game, say: all that counts is how long it lives.
caf::behavior connection(caf::event_based_actor*) {
  return {[](int) {}};
}

void serve(const rollcall::presence& who, const caf::actor& owner) {
  const auto done = who.track(owner, "lobby", "ann", R"({"level":1})");
  if (!done)
    std::cerr << rollcall::describe(done.error()) << '\n';
  // An update function gets what is there, and may run again after a conflict.
  const auto changed
      = who.update(owner, "lobby", "ann", [](const rollcall::entry& current) {
          std::cout << "was " << current.meta() << '\n';
          return std::string{R"({"level":2})"};
        });
  for (const auto& each : who.get_by_key("lobby", "ann"))
    std::cout << each->key() << ' ' << each->meta() << '\n';
  // A mistake is a value, the same as an actor would get.
  const auto again = who.track(owner, "lobby", "ann", "{}");
  if (changed && !again)
    std::cout << to_string(rollcall::code_of(again.error())) << '\n';
  if (!who.untrack(owner, "lobby", "ann"))
    std::cout << who.count("lobby").presences << " left\n";
}

} // namespace

void caf_main(caf::actor_system& system) {
  auto started = rollcall::presence::start(system);
  if (!started)
    return void(std::cerr << rollcall::describe(started.error()) << '\n');
  rollcall::scoped who{*started};
  const auto owner = system.spawn(connection);
  std::thread{[&] { serve(*who, owner); }}.join();
  caf::anon_send_exit(owner, caf::exit_reason::user_shutdown);
}

CAF_MAIN()
