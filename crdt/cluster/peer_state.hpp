#pragma once

#include "crdt/cluster/connections.hpp"
#include "crdt/cluster/shard_views.hpp"
#include "crdt/replication/membership.hpp"

#include <optional>
#include <vector>

namespace rollcall::crdt {

/// How this node stands with another one.
struct peer_state {
  peer_view view;
  shard_lag lag; ///< Of all shards: sums, and the oldest write.
  std::optional<connection_id> connection;
};

[[nodiscard]] std::vector<peer_state>
peer_states(const membership& members, const connection_table& connections,
            const shard_views& shards, tick_time now);

} // namespace rollcall::crdt
