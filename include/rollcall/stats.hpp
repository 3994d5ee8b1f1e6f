#pragma once

#include <cstddef>
#include <cstdint>

namespace rollcall {

/// What a node counts about itself, summed over its shards.
struct runtime_stats {
  std::size_t presences = 0;        ///< Visible now.
  std::size_t own_presences = 0;    ///< Tracked on this node.
  std::size_t topics = 0;           ///< With presences now.
  std::size_t subscriptions = 0;    ///< Now.
  std::size_t owners = 0;           ///< Monitored now.
  std::size_t waiting_changes = 0;  ///< In the dispatchers' queues now.
  std::uint64_t tracks = 0;         ///< Since the start.
  std::uint64_t updates = 0;        ///< Since the start.
  std::uint64_t untracks = 0;       ///< Since the start, owners' ends included.
  std::uint64_t diffs = 0;          ///< Delivered to at least one subscriber.
  std::uint64_t dropped_events = 0; ///< Broadcasts that found no room.
  std::uint64_t hook_failures = 0;  ///< Hooks that threw.
  std::uint64_t shard_restarts = 0; ///< Crashes mended.
  std::uint64_t dispatcher_restarts = 0; ///< Crashes mended.
  std::size_t shards_down = 0;           ///< That crashed for good, now.
  std::size_t followers = 0;             ///< Actors that follow keys, now.
  std::size_t last_seen_keys = 0;        ///< Whose last end is known, now.
  std::size_t follows = 0;               ///< Keys that they follow, now.
  std::uint64_t statuses = 0; ///< Messages to followers, since the start.
  std::size_t ranges = 0;     ///< Ranges of topics that are watched, now.
  std::uint64_t refusals = 0; ///< Calls answered with an error.
};

} // namespace rollcall
