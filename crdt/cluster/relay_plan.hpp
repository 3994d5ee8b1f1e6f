#pragma once

#include "crdt/cluster/connections.hpp"
#include "crdt/replication/membership.hpp"
#include "crdt/replication/shard_input.hpp"

#include <optional>
#include <string>

namespace rollcall::crdt {

/// Plans whose writes this node passes on to whom, and tells when that has
/// changed.
class relay_plan {
public:
  /// @returns the plan, if it is not that of the last call or a connection is
  ///          a new one.
  [[nodiscard]] std::optional<relays_changed>
  next(const membership& members, const connection_table& connections,
       tick_time now);

  /// The shards have started anew: the next call returns a plan.
  void forget() {
    last_key_.clear();
  }

private:
  std::string last_key_; ///< All that the last plan was made of.
};

} // namespace rollcall::crdt
