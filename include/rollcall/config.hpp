#pragma once

#include "rollcall/limits.hpp"
#include "rollcall/session_policy.hpp"

#include <caf/error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rollcall {

/// How shards send their writes to other nodes.
struct replication_config {
  /// Under load what is written is with the peers within this time; after a
  /// pause the first write goes at once. 1 to 10 000 ms.
  std::chrono::milliseconds broadcast_period{50};

  /// Presences of one packet between nodes, in bytes, about: 1 KiB to 4 MiB.
  std::size_t chunk_bytes = 64 * 1024;

  /// Bytes that a peer may owe an acknowledgement for, a shard; at the bound
  /// nothing more is sent to it. 64 KiB to 1 GiB.
  std::size_t window_bytes = 4 * 1024 * 1024;

  /// After so long without an acknowledgement that moves, what is missing is
  /// sent again. 100 to 60 000 ms.
  std::chrono::milliseconds resend_after{1000};
};

/// How one node behaves. Immutable once Rollcall has started.
struct config {
  /// Name of this node, unique in the cluster, 1 to 255 bytes.
  std::string node_name = "rollcall@localhost";

  /// Names this life of the node; must be larger than every one before. 0: from
  /// the clock, in microseconds since 1970.
  std::uint64_t incarnation = 0;

  /// Shard actors, 1 to `limits::shard_count_max`. The same on every node: a
  /// topic lives in shard `hash(topic) % shard_count`.
  std::uint16_t shard_count = 4;

  /// Time in which changes of a topic are merged to one diff: what joined and
  /// left in it is never seen, a chain of updates is one. A join in a topic
  /// that was quiet goes out at once. 0: every change is a diff of its own.
  /// 0 to 10 000 ms.
  std::chrono::milliseconds diff_window{25};

  /// Length of a meta in bytes, 2 to `limits::meta_bytes_ceiling`. Above it
  /// `track` and `update` answer `too_large`.
  std::size_t meta_bytes_max = 4096;

  /// Presences of one topic, at least 1. Above it `track` answers
  /// `too_many_presences`.
  std::size_t presences_per_topic_max = 1'000'000;

  /// Subscribers of one topic, at least 1. Above it `subscribe` answers
  /// `too_many_subscribers`.
  std::size_t subscribers_per_topic_max = 100'000;

  /// Keys that one actor may follow, at least 1. Above it `follow` answers
  /// `too_many_follows`.
  std::size_t follows_max = 10'000;

  /// How long a node knows when a key that has no presence any more had its
  /// last one; see `presence::last_seen`. 0: nothing is kept, and it costs
  /// nothing. 0 to 366 days.
  std::chrono::seconds last_seen_for{0};

  /// Keys of which a node keeps that, about 220 bytes each. Above it the one
  /// that was seen longest ago is forgotten, whoever saw it, and a node that is
  /// told of others takes those that were seen later by more than 3 seconds
  /// than that one: so nodes whose tables are full know the same keys, but for
  /// those seen within seconds of the earliest, and such that another node
  /// took while it still had room. At least 1; choose it larger than the number
  /// of keys that end within `last_seen_for`, the same on every node.
  std::size_t last_seen_max = 100'000;

  /// Topics in which a key has at most one presence, on all nodes. The first
  /// pattern that fits a topic counts. At most
  /// `limits::single_session_rules_max` rules; the same on every node.
  ///
  /// With `newest` a track ends the older presence, for the reason `replaced`;
  /// with `oldest` it answers `key_taken` while the key has a presence. The
  /// owner of a presence that ends gets a `presence_replaced`.
  ///
  /// Two tracks on two nodes that do not know of each other yet, at one moment
  /// or during a partition, both succeed. Once the nodes show each other's, one
  /// of the two ends, within two broadcast periods. Which one is older is what
  /// the clocks of their nodes say; a track that finds another presence is
  /// always the newer. A presence that lingers is taken over by a track on its
  /// own node, as in all topics; on another node it counts as any other.
  std::vector<single_session_rule> single_session;

  /// Between nodes; of no effect without a `cluster`.
  replication_config replication;

  /// Crashes of one shard that the supervisor mends within `restart_window`,
  /// 1 to 10 000. One more and the shard stays down: calls to it answer
  /// `shard_unavailable`.
  std::uint32_t restarts_max = 1000;

  /// 1 to 3600 s.
  std::chrono::seconds restart_window{60};
};

/// Checks every bound. @returns the first broken one as `invalid_config`, with
/// its key, its value and what is allowed.
[[nodiscard]] caf::error validate(const config& settings);

} // namespace rollcall
