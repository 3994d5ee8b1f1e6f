#pragma once

#include "crdt/cluster/cluster_effects.hpp"
#include "crdt/wire/cluster_wire.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace rollcall::crdt {

/// Whether a text is one JSON value, nested no deeper than `depth_max`.
using json_check = bool (*)(std::string_view text, std::size_t depth_max);

/// A packet that breaks the rules, or of a newer version.
struct bad_packet {};

/// What a node that was accepted may say. What is only for the shards,
/// subscribers or owners of this node is the effect already.
using peer_packet = std::variant<bad_packet, wire::heartbeat, wire::leaving,
                                 to_shard, deliver_event, deliver_tell,
                                 wire::last_seen, deliver_end_topic>;

/// Reads and checks a packet of the node `sender`, which is named by its hello:
/// it speaks in its own name, and says what a node of ours could have to say.
[[nodiscard]] peer_packet read_packet(std::string bytes,
                                      const node_incarnation& sender,
                                      json_check is_json);

/// Whether subscribers could be given the event.
[[nodiscard]] bool is_good(const wire::event& event, json_check is_json);

} // namespace rollcall::crdt
