#include "app/gateway/state_fetcher.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/spawn_options.hpp>

#include <utility>

namespace rollcall::channels {

namespace {

caf::behavior state_fetcher(caf::event_based_actor*, const presence& who) {
  return {
      [who](const fetch_request_ptr& request) {
        if (const auto found = who.fetch_list(request->topic))
          request->done(*found);
        else
          request->done({});
      },
  };
}

} // namespace

caf::actor spawn_state_fetcher(caf::actor_system& system, presence who) {
  return system.spawn<caf::detached + caf::hidden>(state_fetcher,
                                                   std::move(who));
}

} // namespace rollcall::channels
