#pragma once

#include "messages/replication.hpp"
#include "messages/type_ids.hpp"
#include "rollcall/types.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <cstdint>

/// The actors of a node as others see them.
namespace rollcall {

/// The SHARD: what its state needs an actor for. It keeps the
/// timers, and talks to the shards of peers. Nobody asks it to write:
/// callers do that themselves, see `shard_slot`.
using shard_actor = caf::typed_actor<
    // Sends an event from a peer to the subscribers of its topic.
    caf::reacts_to<topic_event_ptr>,
    // INTERNAL: something may be due: to peers, or the end of a linger.
    caf::reacts_to<atom::wake>,
    // INTERNAL: somebody wrote, or the cluster left something in the inbox.
    caf::reacts_to<atom::written>>;

/// The DISPATCHER of a shard: takes its changes in order, merges them, runs the
/// hooks and sends the result to subscribers.
using dispatcher_actor = caf::typed_actor<
    // There is something in the queue, or for the hooks to hear.
    caf::reacts_to<atom::wake>,
    // INTERNAL: a window may be over.
    caf::reacts_to<atom::window>>;

/// The WATCH DISPATCHER of a node: tells followers which keys came online and
/// went offline.
using watch_dispatcher_actor = caf::typed_actor<
    // There is something to tell.
    caf::reacts_to<atom::wake>,
    // INTERNAL: a window may be over.
    caf::reacts_to<atom::window>>;

enum class child_kind : std::uint8_t { shard, dispatcher, watch_dispatcher };

/// An actor that the supervisor keeps alive ended.
///
/// Sent by: the actor's end, without a sender.  Handled by: supervisor.
struct child_ended {
  child_kind kind = child_kind::shard;
  std::size_t slot = 0; ///< Its shard; the number of shards if it has none.
  caf::error reason;
};

/// The SUPERVISOR: keeps shards and dispatchers alive.
using supervisor_actor = caf::typed_actor<
    // INTERNAL: a child ended.
    caf::reacts_to<child_ended>,
    // Stops all actors of this node, then itself.
    caf::reacts_to<atom::stop>>;

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::child_ended)
