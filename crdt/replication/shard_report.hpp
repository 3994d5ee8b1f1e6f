#pragma once

#include "crdt/interval.hpp"

#include <vector>

namespace rollcall::crdt {

/// What somebody knows of one replica.
struct known_replica {
  replica_tag replica;
  progress known;

  /// Whether it does not show that replica yet, since more is to come.
  bool is_awaited = false;

  /// Whether it tells nothing of that replica any more; the rest is void.
  bool is_dropped = false;

  friend bool operator==(const known_replica&, const known_replica&) = default;
};

/// What a shard tells the same shard of a peer: how far it knows the replicas
/// that concern the two of them.
struct shard_report {
  bool is_whole = false; ///< All that is told; else what changed.
  std::vector<known_replica> replicas;

  [[nodiscard]] bool is_empty() const noexcept {
    return !is_whole && replicas.empty();
  }
};

} // namespace rollcall::crdt
