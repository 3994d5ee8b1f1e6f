#pragma once

#include "app/examples/arena/player.hpp"
#include <rollcall/gateway.hpp>

namespace arena {

/// The lobby over the gateway. Who joins with `{"name": NAME}` is a player, as
/// on a TCP connection: events are commands (`play`, `take` with
/// `{"stones": N}`, `say` with `{"text": TEXT}`, `friend` and `unfriend` with
/// `{"name": NAME}`, ...). Who joins without a name watches.
[[nodiscard]] rollcall::channel_factory
lobby_channel(player_context_ptr context);

/// A topic that a client may only watch.
[[nodiscard]] rollcall::channel_factory watch_channel();

} // namespace arena
