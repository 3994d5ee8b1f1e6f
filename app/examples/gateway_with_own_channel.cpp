// Clients of Phoenix Channels on ws://127.0.0.1:PORT/socket/websocket, each of
// them present in its room under the name that it joins with. PORT is the first
// argument; without one it opens any free port and ends at once.
#include <rollcall/gateway.hpp>
#include <rollcall/scoped.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>

#include <cstdlib>
#include <iostream>

namespace {

constexpr auto all = rollcall::presence_view::state_and_diffs;

/// The channel actor: one for each client that joins a room.
caf::behavior room(caf::event_based_actor* self, const rollcall::presence& who,
                   const rollcall::join_ptr& join) {
  const auto name = join->connection->params.find("name");
  if (name == join->connection->params.end())
    join->client.reject(R"({"reason":"no_name"})");
  else
    who.track(self, join->topic, name->second, "{}")
        .then([=](const rollcall::tracked&) { join->client.accept("{}", all); },
              [=](const caf::error&) { join->client.reject("{}"); });
  return {
      [=](const rollcall::channel_event_ptr& event) {
        join->client.reply(event->ref, "ok", event->payload); // An echo.
      },
      [=](rollcall::channel_leave) { self->quit(); },
  };
}

} // namespace

int main(int count, char** arguments) {
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto started = rollcall::presence::start(system);
  if (!started)
    return std::cerr << rollcall::describe(started.error()) << '\n', 1;
  rollcall::gateway_config settings;
  settings.port = count > 1 ? std::uint16_t(std::atoi(arguments[1])) : 0;
  auto opened = rollcall::gateway::start(system, *started, settings);
  if (!opened)
    return std::cerr << rollcall::describe(opened.error()) << '\n', 1;
  rollcall::scoped who{*started};
  rollcall::scoped web{*opened};
  web->channel("room:*", [&](caf::actor_system& sys, const auto& join) {
    return sys.spawn(room, *who, join);
  });
  if (const auto wrong = web->listen())
    return std::cerr << rollcall::describe(wrong) << '\n', 1;
  std::cout << "serves on port " << web->port() << std::endl;
  if (count > 1)
    std::cin.get(); // Until a key, or the end of the input.
}
