// How an embedder tests what a lost node means to others, without waiting.
#include <rollcall/testing/cluster.hpp>
#include <rollcall/testing/subscriber.hpp>

#include <caf/all.hpp>

#include <cstdio>

namespace {

caf::behavior player(caf::event_based_actor* self, rollcall::presence who) {
  who.track(self, "arena:1", "ann", "{}")
      .then([](const rollcall::tracked&) {}, [](const caf::error&) {});
  return {[] {}};
}

} // namespace

int main() {
  rollcall::testing::cluster world{3};
  rollcall::testing::subscriber diffs{world[1], "arena:1"};
  world[0].spawn(player, world[0].presence());
  const bool joined = diffs.await_join("ann");
  world.cut(0);
  const bool left = diffs.await_leave("ann");
  world.heal(0);
  const bool returned = diffs.await_join("ann");
  std::printf("joined %d, left %d, returned %d\n", joined, left, returned);
  return joined && left && returned ? 0 : 1;
}
