#pragma once

#include "crdt/interval.hpp"
#include "crdt/replication/membership.hpp"
#include "crdt/replication/replicator.hpp"
#include "rollcall/types.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <variant>
#include <vector>

/// What nodes tell each other, and what the cluster actor tells the shards.
namespace rollcall {

/// Everything that goes from node to node: our own versioned bytes inside one
/// message type, so that CAF's serialisation sees only a string.
///
/// Sent by: shards and the cluster actor.  Handled by: peer port of the other
/// node.
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

// -- from the cluster actor to a shard, inside one node -----------------------

/// Membership changed.
struct node_changed {
  crdt::node_event event;
};

/// A line to a peer is there, or gone if `port` is empty.
struct line_changed {
  std::string peer;
  caf::actor port;   ///< Takes `wire_frame`s on the other node.
  caf::actor sender; ///< In whose name they are sent.
};

/// What the same shard of a peer knows.
struct report_arrived {
  std::string peer;
  std::vector<crdt::known_replica> report;
};

/// A packet with an interval.
struct interval_arrived {
  std::string peer;
  std::string packet; ///< As it was on the wire, header included.
  /// Counts as under way as long as it lives.
  std::shared_ptr<const void> share = {};
};

/// A peer asks for what it lacks.
struct request_arrived {
  std::string peer;
  crdt::replica_tag replica;
  crdt::progress known;
};

/// Whom this node hears, and what it passes on to a peer.
struct relay_changed {
  std::unordered_set<std::string> direct;
  std::vector<std::pair<std::string, std::vector<crdt::node_life>>> plan;
};

using replication_input
    = std::variant<node_changed, line_changed, report_arrived, interval_arrived,
                   request_arrived, relay_changed>;

/// Sent by: cluster actor.  Handled by: shard.
using replication_input_ptr = std::shared_ptr<const replication_input>;

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::tell_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::replication_input_ptr)
