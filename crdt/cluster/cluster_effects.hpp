#pragma once

#include "crdt/replication/seen_key.hpp"
#include "crdt/replication/shard_input.hpp"
#include "crdt/wire/cluster_wire.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What `cluster_core` wants to be done. The driver carries the effects of a
/// step out in their order.
namespace rollcall::crdt {

/// One connection between this node and another one. The driver chooses the
/// numbers and never uses one twice.
enum class connection_id : std::uint64_t {};

/// Opens a connection to `address`, which is `host:port`. The driver reports
/// how it ended with `cluster_core::dial_ended`.
struct connect_to {
  std::string address;
};

/// Closes a connection. The core has forgotten it, or expects to hear that it
/// is closed; both are well.
struct close_connection {
  connection_id id;
};

/// Sends one packet over each of these connections.
struct send_packet {
  std::vector<connection_id> to;
  std::string bytes;
};

/// Gives an input to one shard of this node. There may be no such shard.
struct to_shard {
  std::size_t shard;
  shard_input input;
};

/// Gives an input to every shard of this node.
struct to_all_shards {
  shard_input input;
  /// With `peer_connected`: the connection that leads to the peer.
  std::optional<connection_id> route = {};
};

/// Gives an event to the subscribers of its topic on this node.
struct deliver_event {
  wire::event event;
};

/// Gives a message to the owners of its key on this node. Topic and key have
/// been checked, the message has not.
struct deliver_tell {
  std::string sender; ///< The name of the node that sent it.
  wire::tell tell;
};

/// Another node tells which keys it saw go. They have been checked.
struct deliver_last_seen {
  std::vector<seen_key> keys;
};

/// Ends the presences of a topic on this node. The topic has been checked.
struct deliver_end_topic {
  std::string topic;
};

/// Calls `cluster_core::wake_up` when this time has passed.
struct wake_up_after {
  tick_time pause;
};

enum class severity : std::uint8_t { debug, info, warning, error };

struct log_line {
  severity level;
  std::string text;
};

using cluster_effect = std::variant<connect_to, close_connection, send_packet,
                                    to_shard, to_all_shards, deliver_event,
                                    deliver_tell, deliver_last_seen,
                                    deliver_end_topic, wake_up_after, log_line>;

using cluster_effects = std::vector<cluster_effect>;

} // namespace rollcall::crdt
