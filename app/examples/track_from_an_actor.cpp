// An actor is present while it lives: it tracks itself, changes its meta, and
// leaves when it ends.
#include <rollcall/presence.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exec_main.hpp>
#include <caf/scoped_actor.hpp>

#include <iostream>

namespace {

void print(const rollcall::presence& who, const char* when) {
  std::cout << when << ':';
  for (const auto& presence : who.list("lobby"))
    std::cout << ' ' << presence.key() << ' ' << presence.meta();
  std::cout << '\n';
}

void complain(const caf::error& wrong) {
  std::cerr << rollcall::describe(wrong) << '\n';
}

/// Ends when its presence is there and its meta was changed.
caf::behavior player(caf::event_based_actor* self,
                     const rollcall::presence& who) {
  who.track(self, "lobby", "ann", R"({"status":"waiting"})")
      .then(
          [self, who](const rollcall::tracked&) {
            print(who, "tracked");
            who.update(self, "lobby", "ann", R"({"status":"playing"})")
                .then(
                    [self, who](const rollcall::tracked&) {
                      print(who, "updated");
                      self->quit();
                    },
                    complain);
          },
          complain);
  return {[](int) {}};
}

} // namespace

void caf_main(caf::actor_system& system) {
  auto who = rollcall::presence::start(system);
  if (!who)
    return complain(who.error());
  caf::scoped_actor self{system};
  self->wait_for(system.spawn(player, *who));
  print(*who, "ended");
  who->stop();
}

CAF_MAIN()
