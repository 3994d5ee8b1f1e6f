#pragma once

#include "crdt/entry.hpp"
#include "rollcall/error.hpp"
#include "rollcall/types.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <functional>
#include <string>

/// What a caller asks of a shard. Local only: these hold pointers.
namespace rollcall {

/// New meta from the current one. Runs in the shard: short, and no I/O.
using update_function = std::function<std::string(const entry& current)>;

/// Asks the shard of `topic` to track one presence.
///
/// Sent by: presence.  Handled by: shard.
/// Reply:   `tracked`.
/// Errors:  `problem`; `already_tracked`, `too_many_presences`.
struct track_request {
  std::string topic;
  crdt::draft_ptr draft; ///< Key and meta, made in the caller's thread.
  caf::strong_actor_ptr owner;
  caf::error problem; ///< What the caller's check found; empty if ok.
};

/// Asks the shard of `topic` to replace the meta of one presence.
///
/// Sent by: presence.  Handled by: shard.
/// Reply:   `tracked`.
/// Errors:  `problem`; `not_tracked`, `invalid_meta`, `too_large`.
struct update_request {
  std::string topic;
  std::string key;
  crdt::draft_ptr draft; ///< The new version; empty if `change` is set.
  update_function change;
  caf::strong_actor_ptr owner;
  caf::error problem;
};

/// Asks the shard of `topic` to end one presence; absent is no error.
///
/// Sent by: presence.  Handled by: shard.
/// Reply:   nothing but the answer.
struct untrack_request {
  std::string topic;
  std::string key;
  caf::strong_actor_ptr owner;
};

/// Asks a shard to end every presence of an owner in it.
///
/// Sent by: supervisor.  Handled by: shard.
/// Reply:   nothing but the answer.
struct untrack_owner_request {
  caf::strong_actor_ptr owner;
};

/// Asks for a `topic_snapshot`, then every later diff, until the subscriber
/// ends or unsubscribes. A second subscription of the same actor answers with
/// a new snapshot.
///
/// Sent by: presence.  Handled by: shard.
/// Reply:   nothing but the answer.
/// Errors:  `problem`; `too_many_subscribers`.
struct subscribe_request {
  std::string topic;
  caf::strong_actor_ptr subscriber;
  caf::error problem;
};

/// Ends a subscription; absent is no error.
///
/// Sent by: presence.  Handled by: shard.
/// Reply:   nothing but the answer.
struct unsubscribe_request {
  std::string topic;
  caf::strong_actor_ptr subscriber;
};

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::track_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::update_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::untrack_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::untrack_owner_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::subscribe_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::unsubscribe_request)
