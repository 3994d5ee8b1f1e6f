#pragma once

#include "crdt/replication/shard_input.hpp"
#include "rollcall/types.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

/// What nodes tell each other, and what the cluster actor tells the shards.
namespace rollcall {

/// Everything that goes from node to node: our own versioned bytes inside one
/// message type, so that CAF's serialisation sees only a string.
///
/// Sent by: shards and the cluster actor.  Handled by: frame receiver of the
/// other node.
struct wire_frame {
  std::string bytes;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, wire_frame& x) {
  return f(x.bytes);
}

/// A packet for every node with an owner of a key, but for this one.
///
/// Sent by: presence.  Handled by: cluster actor.
struct tell_request {
  std::string topic;
  std::string key;
  wire_frame frame; ///< A `wire::tell`.
};

/// The presences of a topic are to end on every other node.
///
/// Sent by: presence.  Handled by: cluster actor.
struct end_topic_request {
  std::string topic;
};

// -- from the cluster actor to a shard, inside one node -----------------------

/// How a shard reaches the node of a peer.
struct peer_route {
  caf::actor receiver; ///< Takes `wire_frame`s on the other node.
  caf::actor sender;   ///< In whose name they are sent.
  caf::actor cluster;  ///< Takes `report_due` on this node.

  /// Counts the frames that are sent this way; each is counted first. May be
  /// null.
  std::shared_ptr<std::atomic<std::uint64_t>> sent = {};
};

/// A peer should get a heartbeat soon, with what a shard has to tell it.
///
/// Sent by: shard.  Handled by: cluster actor.
struct report_due {
  std::string peer;
};

/// One thing that the cluster decided or that came from a peer.
///
/// Left by: cluster actor, in the inbox of the shard.
struct replication_input {
  crdt::shard_input input;
  peer_route route = {}; ///< Only with `peer_connected`.

  /// The packet counts as under way as long as this lives.
  std::shared_ptr<const void> share = {};
};

using replication_input_ptr = std::shared_ptr<const replication_input>;

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::tell_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::end_topic_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::report_due)
