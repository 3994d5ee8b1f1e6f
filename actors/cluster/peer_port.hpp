#pragma once

#include "messages/replication.hpp"

#include <caf/actor.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>

#include <string>

namespace rollcall {

/// A frame with who sent it.
///
/// Sent by: peer port.  Handled by: cluster actor.
struct frame_arrived {
  caf::strong_actor_ptr sender; ///< The other node's peer port.
  std::string bytes;
};

/// The one actor that a node publishes: takes frames from other nodes and hands
/// them on. Whatever else they send, exits included, has no effect.
caf::behavior peer_port(caf::event_based_actor* self, caf::actor cluster);

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::frame_arrived)
