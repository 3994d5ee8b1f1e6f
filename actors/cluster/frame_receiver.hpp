#pragma once

#include "actors/cluster/link_stats.hpp"
#include "messages/replication.hpp"

#include <caf/actor.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace rollcall {

/// A frame with who sent it.
///
/// Sent by: frame receiver.  Handled by: cluster actor.
struct frame_arrived {
  caf::strong_actor_ptr sender; ///< The other node's frame receiver.
  std::string bytes;
};

/// Lets the link read on when a frame has been dealt with.
class inflow_share {
public:
  inflow_share(std::shared_ptr<const link_traffic> traffic, std::size_t text)
      : traffic_{std::move(traffic)},
        bytes_{text + link_traffic::message_bytes} {
  }

  inflow_share(const inflow_share&) = delete;
  inflow_share& operator=(const inflow_share&) = delete;

  ~inflow_share() {
    traffic_->taken += bytes_;
  }

private:
  std::shared_ptr<const link_traffic> traffic_;
  std::uint64_t bytes_;
};

/// The one actor that a node publishes: takes frames from other nodes and hands
/// them on. Whatever else they send, exits included, has no effect.
caf::behavior frame_receiver(caf::event_based_actor* self, caf::actor cluster);

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::frame_arrived)
