#pragma once

#include "crdt/cluster/connections.hpp"
#include "crdt/wire/cluster_wire.hpp"

#include <cstddef>
#include <string>

namespace rollcall::crdt {

/// What a hello must agree with.
struct greeting_rules {
  std::string cluster_name;
  std::size_t shard_count = 0;
  std::string own_name;
  bool check_node_name = true; ///< Whether certificates bind names.
};

/// Judges a hello that came over the connection `from`. A node needs the same
/// protocol, cluster and shards, and a name that its certificate allows, that
/// no other node bears, and that it keeps as long as it is connected. A node
/// that came back under its name has lost its old connection, or loses it when
/// nothing comes over it.
///
/// @pre `from` is in `all`.
/// @returns why the node is refused, in words; empty if it is not.
[[nodiscard]] std::string objection_to(const wire::hello& hello,
                                       connection_id from,
                                       const connection_table& all,
                                       const greeting_rules& rules);

/// Whether somebody accepts this node. Until a heartbeat comes a node that has
/// greeted may yet refuse.
[[nodiscard]] bool is_accepted(const connection_table& all);

} // namespace rollcall::crdt
