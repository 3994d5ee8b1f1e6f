#pragma once

#include "crdt/entry.hpp"
#include "crdt/snapshot.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rollcall {

/// One presence: `key()`, `meta()`, `phx_ref()`, `phx_ref_prev()`, `owner()`.
using entry = crdt::entry;

/// Shares a presence.
using entry_ptr = crdt::entry_ptr;

/// What a topic holds at one moment.
using snapshot = crdt::snapshot;

/// What a successful `track` or `update` answers.
struct tracked {
  crdt::dot dot;                  ///< Names this version of the presence.
  std::uint64_t previous_seq = 0; ///< The version before; 0 after a `track`.

  /// The version as Phoenix clients see it.
  [[nodiscard]] std::string phx_ref() const;

  /// The version before, empty after a `track`.
  [[nodiscard]] std::string phx_ref_prev() const;
};

/// How large a topic is.
struct counts {
  std::size_t presences = 0; ///< Tracked presences.
  std::size_t keys = 0;      ///< Distinct keys: people, if keys name people.
};

/// Options of `track`.
struct track_options {
  /// How long the presence outlives an abnormal end of its owner, in
  /// milliseconds. A new presence of the same key in the topic takes its
  /// place: others see an update, not a leave and a join. 0: not at all.
  std::uint32_t linger_ms = 0;
};

/// Makes the new meta from the current presence. It runs in the thread of the
/// caller, under no lock, so it may call Rollcall; and it runs again when the
/// presence was changed meanwhile.
using update_function = std::function<std::string(const entry& current)>;

/// What a `fetch` hook adds: key to a JSON object, whose fields are put next
/// to `metas` of that key.
using enrichment = std::map<std::string, std::string, std::less<>>;

/// What became visible and invisible in a topic. An update has the old version
/// in `leaves` and the new one in `joins`.
///
/// Sent by: dispatcher, to the subscribers of the topic, in order.
struct diff {
  std::string topic;
  std::vector<entry_ptr> joins;
  std::vector<entry_ptr> leaves;

  /// Joined and left within the window: nothing to a subscriber. For those who
  /// hand snapshots of their own to others, see `subscribe_async`: a snapshot
  /// taken meanwhile may hold them.
  std::vector<entry_ptr> passed;
  enrichment joins_extra;  ///< From `hooks::fetch`, for the joins.
  enrichment leaves_extra; ///< From `hooks::fetch`, for the leaves.
};

/// As it arrives in a subscriber's mailbox: shared, never copied.
using diff_ptr = std::shared_ptr<const diff>;

/// The first message to a new subscriber: everything that happened later comes
/// as diffs, nothing twice and nothing missing.
///
/// Sent by: dispatcher.
struct topic_snapshot {
  std::string topic;
  snapshot presences;
  enrichment extra; ///< From `hooks::fetch`.
};

using topic_snapshot_ptr = std::shared_ptr<const topic_snapshot>;

/// An application event of a topic, see `presence::broadcast`.
///
/// Sent by: dispatcher, to the subscribers of the topic on every node.
struct topic_event {
  std::string topic;
  std::string event;
  std::string payload; ///< JSON, or raw bytes if `is_binary`.
  bool is_binary = false;
  std::uint64_t sender = 0; ///< Chosen by the caller, to leave itself out.
};

using topic_event_ptr = std::shared_ptr<const topic_event>;

/// What `presence::tell` carries to clients: the gateway's channels push it.
struct told_event {
  std::string event;
  std::string payload; ///< JSON, or raw bytes if `is_binary`.
  bool is_binary = false;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, told_event& x) {
  return f(x.event, x.payload, x.is_binary);
}

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::diff_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::topic_snapshot_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::topic_event_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::tracked)
