#pragma once

#include "crdt/dot.hpp"
#include "crdt/replication/membership.hpp"
#include "crdt/replication/replicator.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

/// What a node's cluster tells its shards. The cluster decides it, each shard
/// acts upon it, and both are pure: a driver carries these values between them.
namespace rollcall::crdt {

/// Membership changed: a node is up, down or gone, or this node continues under
/// a later incarnation (`conflict`; `event.who` is this node, as it is now).
struct node_changed {
  node_event event;
};

/// There is a connection to a peer.
struct peer_connected {
  std::string peer;
};

/// There is no connection to the peer any more.
struct peer_disconnected {
  std::string peer;
};

/// What the same shard of a peer told in a heartbeat.
struct report_arrived {
  std::string peer;
  shard_report report;
};

/// A packet with an interval came. Its header has been read, its content not.
struct interval_arrived {
  std::string peer;
  std::string packet;     ///< All of it.
  std::size_t content_at; ///< Where the interval begins.

  [[nodiscard]] std::string_view content() const noexcept {
    return std::string_view{packet}.substr(content_at);
  }
};

/// A peer asks for what it lacks of a replica.
struct request_arrived {
  std::string peer;
  replica_tag replica;
  progress known;
};

/// Which nodes this one hears, and whose writes it passes on to which peer.
struct relays_changed {
  std::unordered_set<std::string> direct;
  std::vector<std::pair<std::string, std::vector<node_incarnation>>> plan;
};

/// Another node ended a topic, which may have presences of this node.
struct topic_ended {
  std::string topic;
};

using shard_input
    = std::variant<node_changed, peer_connected, peer_disconnected,
                   report_arrived, interval_arrived, request_arrived,
                   relays_changed, topic_ended>;

} // namespace rollcall::crdt
