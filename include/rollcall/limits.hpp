#pragma once

#include <cstddef>
#include <cstdint>

/// Bounds that no setting lifts. What a setting can change has its default and
/// range in `config.hpp`.
namespace rollcall::limits {

/// Topic length; binary frames of the Channels protocol carry it in one byte.
inline constexpr std::size_t topic_bytes_max = 255;

/// Key length, for the same reason.
inline constexpr std::size_t key_bytes_max = 255;

/// The most that `config::meta_bytes_max` may allow.
inline constexpr std::size_t meta_bytes_ceiling = 65'536;

/// Length of a node's name.
inline constexpr std::size_t node_name_bytes_max = 255;

/// Nesting of an event that comes from another node.
inline constexpr std::size_t event_depth_max = 1000;

/// Nesting of a meta.
inline constexpr std::size_t meta_depth_max = 32;

/// Rules of `config::single_session`, which every track looks through.
inline constexpr std::size_t single_session_rules_max = 100;

/// Shards of a node.
inline constexpr std::uint16_t shard_count_max = 256;

/// Changes that a slow hook may leave waiting in one shard before they are
/// merged to their net effect, which is bounded by what is present.
inline constexpr std::size_t waiting_changes_max = 65'536;

/// Events (`presence::broadcast`) that may wait in one shard; above it the
/// newest is dropped and counted.
inline constexpr std::size_t waiting_events_max = 65'536;

/// What `hooks::fetch` may add to one key; more is left out and counted.
inline constexpr std::size_t enrichment_bytes_max = 1 << 20;

/// Subscriptions that may wait in one shard for a slow hook; above it
/// `subscribe` answers `too_many_subscribers`.
inline constexpr std::size_t waiting_subscriptions_max = 65'536;

/// Keys of one call to `follow`; above it the answer is `too_many_follows`.
inline constexpr std::size_t follow_keys_max = 1000;

/// Patterns whose counts one actor may watch; above it `watch_counts` answers
/// `too_many_subscribers`.
inline constexpr std::size_t count_watches_max = 1000;

/// Presences of a page; `presence::page` cuts a larger limit to it.
inline constexpr std::size_t page_presences_max = 10'000;

/// Presences of one key on a page; `presence::page` leaves out a key that has
/// more. It is more than fit into 1 MiB of JSON.
inline constexpr std::size_t page_key_presences_max = 65'536;

/// Presences of a range; a longer one is refused with `invalid_config`.
inline constexpr std::size_t range_presences_max = 1000;

/// Ranges that one actor may watch; above it `watch_range` answers
/// `too_many_subscribers`.
inline constexpr std::size_t range_watches_max = 10;

/// How often an update function is run again because the presence changed
/// meanwhile; above it `update` answers `conflict`.
inline constexpr unsigned update_tries_max = 100;

/// Items of `track_many` and the like; above it the call answers `too_large`
/// and does nothing.
inline constexpr std::size_t batch_items_max = 1000;

/// Recent deaths that a shard remembers to answer peers that lag.
inline constexpr std::size_t write_log_deaths_max = 65'536;

} // namespace rollcall::limits
