#include "app/gateway/disconnect_listener.hpp"

#include "app/gateway/gateway_core.hpp"
#include "app/gateway/worker.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/spawn_options.hpp>

#include <utility>

namespace rollcall::channels {

namespace {

caf::behavior disconnect_listener(caf::event_based_actor*,
                                  const std::shared_ptr<gateway_core>& core) {
  return {
      [core](const topic_event_ptr& event) {
        for (const auto& each : core->workers)
          each->post([each, id = event->payload] { each->disconnect(id); });
      },
      [](const topic_snapshot_ptr&) {}, // Nobody is present there.
      [](const diff_ptr&) {},
  };
}

} // namespace

caf::actor spawn_disconnect_listener(std::shared_ptr<gateway_core> core) {
  auto& system = core->system;
  const auto who = core->who;
  auto result = system.spawn<caf::hidden>(disconnect_listener, std::move(core));
  who.subscribe(result, std::string{disconnect_topic});
  return result;
}

} // namespace rollcall::channels
