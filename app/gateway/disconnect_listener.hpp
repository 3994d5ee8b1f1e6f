#pragma once

#include <caf/actor.hpp>

#include <memory>
#include <string_view>

namespace rollcall::channels {

struct gateway_core;

/// Topics that begin so are for gateways among themselves; no client can join
/// them, so none can send to them.
constexpr std::string_view reserved_prefix = "rollcall:";

/// Where gateways tell each other, on all nodes, whom to disconnect.
constexpr std::string_view disconnect_topic = "rollcall:disconnect";

/// Spawns the DISCONNECT LISTENER: closes the sessions whose id comes as an
/// event of `disconnect_topic`, from whichever node.
[[nodiscard]] caf::actor
spawn_disconnect_listener(std::shared_ptr<gateway_core> core);

} // namespace rollcall::channels
