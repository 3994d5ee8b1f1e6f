// How an embedder tests an actor of his own, without waiting.
#include <rollcall/presence.hpp>
#include <rollcall/testing/deterministic_system.hpp>

#include <caf/all.hpp>

#include <cstdio>

namespace {

caf::behavior player(caf::event_based_actor* self, rollcall::presence who) {
  who.track(self, "arena:1", "ann", "{}", {.linger_ms = 5000})
      .then([](const rollcall::tracked&) {}, [](const caf::error&) {});
  return {[] {}};
}

} // namespace

int main() {
  rollcall::testing::deterministic_system world;
  auto who = rollcall::presence::start(world.system());
  if (!who)
    return 1;
  const auto size = [&] { return who->count("arena:1").keys; };
  const auto ann = world.system().spawn(player, *who);
  world.settle();
  const auto joined = size();
  caf::anon_send_exit(ann, caf::exit_reason::kill);
  world.advance(std::chrono::seconds{4});
  const auto lingers = size();
  world.advance(std::chrono::seconds{2});
  const auto left = size();
  who->request_stop();
  world.settle();
  std::printf("joined %zu, lingers %zu, left %zu\n", joined, lingers, left);
  return joined == 1 && lingers == 1 && left == 0 ? 0 : 1;
}
