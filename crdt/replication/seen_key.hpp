#pragma once

#include "crdt/dot.hpp"
#include "crdt/replication/heartbeat.hpp"

#include <string>

namespace rollcall::crdt {

/// A key without a presence, and how long ago it had its last one: nodes tell
/// each other ages, since their clocks differ.
struct seen_key {
  std::string key;
  tick_time age{};
  /// The node that told it, as its replica in shard 0; none: this node saw it.
  replica_tag teller{};
};

} // namespace rollcall::crdt
