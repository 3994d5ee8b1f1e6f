// The installed gateway, embedded: opens a free port and closes it again.
#include <rollcall/gateway.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <iostream>

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto who = rollcall::presence::start(system);
  if (!who)
    return std::cerr << rollcall::describe(who.error()) << '\n', 1;
  rollcall::gateway_config settings;
  settings.port = 0;
  auto door = rollcall::gateway::start(system, *who, settings);
  if (!door)
    return std::cerr << rollcall::describe(door.error()) << '\n', 1;
  if (const auto problem = door->listen())
    return std::cerr << rollcall::describe(problem) << '\n', 1;
  const bool is_open = door->port() != 0;
  door->stop();
  who->stop();
  return is_open ? 0 : 1;
}
