// An embedder's block of type ids beside that of Rollcall.
#include "arena.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <cstdio>

namespace {

constexpr std::chrono::seconds deadline{10};

std::int32_t points_of_a_shot(caf::actor_system& system,
                              const caf::actor& player) {
  std::int32_t points = 0;
  caf::scoped_actor self{system};
  self->request(player, deadline, backend::shot{"bob", 7})
      .receive([&](const backend::score& x) { points = x.points; },
               [](const caf::error&) {});
  return points;
}

} // namespace

int main() {
  caf::actor_system_config config;
  config.add_message_types<caf::id_block::backend>();
  caf::actor_system system{config};
  auto who = rollcall::presence::start(system);
  if (!who)
    return 1;
  const auto ann = system.spawn(backend::player, *who);
  const auto points = points_of_a_shot(system, ann);
  const bool is_intact = backend::travels(system);
  caf::anon_send_exit(ann, caf::exit_reason::user_shutdown);
  who->stop();
  std::printf("points %d, intact %d\n", static_cast<int>(points), is_intact);
  return points == 70 && is_intact ? 0 : 1;
}
