#pragma once

#include "crdt/dot.hpp"
#include "crdt/follow/last_seen.hpp"
#include "crdt/replication/membership.hpp"
#include "crdt/replication/shard_report.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace rollcall::crdt {

/// How far a peer is behind with the writes of one shard.
struct shard_lag {
  std::uint64_t behind = 0;       ///< Own writes that it has not acknowledged.
  tick_time oldest{};             ///< Age of the oldest of them.
  std::size_t unacknowledged = 0; ///< Bytes.
};

/// Who has presences of one key.
struct key_writers {
  std::uint16_t shard = 0; ///< The shard of the topic.
  std::set<replica_tag> replicas;
};

/// What the cluster asks its node: the shards, and who was seen when. The
/// answers are those of the moment; the questions change nothing.
class shard_views {
public:
  virtual ~shard_views() = default;

  [[nodiscard]] virtual std::size_t count() const = 0;

  /// Larger than before if an answer of `known_to` or `is_settled` may have
  /// changed.
  [[nodiscard]] virtual std::uint64_t version() const = 0;

  /// As `shard_sync::known_to`.
  [[nodiscard]] virtual std::vector<known_replica>
  known_to(std::size_t shard, const node_incarnation& peer,
           const std::vector<node_incarnation>& doubtful) const = 0;

  /// As `shard_sync::is_settled`.
  [[nodiscard]] virtual bool is_settled(std::size_t shard,
                                        const std::string& peer) const = 0;

  /// Whether a shard has all that the peers which are up had.
  [[nodiscard]] virtual bool is_complete(std::size_t shard) const = 0;

  [[nodiscard]] virtual shard_lag
  lag(std::size_t shard, const std::string& peer, tick_time now) const = 0;

  [[nodiscard]] virtual key_writers
  writers_of(const std::string& topic, const std::string& key) const = 0;

  /// As `last_seen::read_after`.
  [[nodiscard]] virtual last_seen::page
  last_seen_after(last_seen::position where, const last_seen::selection& wanted,
                  tick_time now) const = 0;
};

} // namespace rollcall::crdt
