#pragma once

#include <rollcall/presence.hpp>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <functional>
#include <memory>
#include <string>

namespace rollcall::channels {

/// Asks for a list with enrichment, which may block.
///
/// Sent by: worker.  Handled by: state fetcher.
struct fetch_request {
  std::string topic;
  std::function<void(const topic_snapshot&)> done; ///< On the actor's thread.
};

using fetch_request_ptr = std::shared_ptr<const fetch_request>;

/// Spawns the STATE FETCHER: runs the embedder's `fetch` for lists on a thread
/// of its own.
[[nodiscard]] caf::actor spawn_state_fetcher(caf::actor_system& system,
                                             presence who);

} // namespace rollcall::channels

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::channels::fetch_request_ptr)
