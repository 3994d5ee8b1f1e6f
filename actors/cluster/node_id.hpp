#pragma once

#include "actors/cluster/basp_guard.hpp"

#include <caf/fwd.hpp>
#include <caf/node_id.hpp>

namespace rollcall {

/// Gives every life of the process a CAF node id of its own.
///
/// CAF 0.17 derives the id from MAC address, disk and process id: containers,
/// where the process id is 1 and the rest a copy, collide, and a restart may
/// repeat it; peers then take one node for another. Must be called before the
/// actor system is made. Takes the slot of CAF's OpenCL module, which therefore
/// can't be loaded.
void use_unique_node_id(caf::actor_system_config& settings);

/// The bytes by which peers know this node. @pre `node` is not an URI.
[[nodiscard]] node_key key_of(const caf::node_id& node);

/// The node that `key` names, none if there can be no such node.
[[nodiscard]] caf::node_id node_of(const node_key& key);

} // namespace rollcall
