#pragma once

#include "messages/replication.hpp"
#include "messages/requests.hpp"
#include "messages/type_ids.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

/// The actors of a node as others see them.
namespace rollcall {

/// The SHARD: writes what actors ask for in the topics hashed to it, watches
/// the owners, talks to the shards of peers.
using shard_actor = caf::typed_actor<
    // Tracks one presence.
    caf::replies_to<track_request>::with<tracked>,
    // Replaces the meta of one presence.
    caf::replies_to<update_request>::with<tracked>,
    // Ends one presence.
    caf::replies_to<untrack_request>::with<void>,
    // Ends every presence of an owner.
    caf::replies_to<untrack_owner_request>::with<void>,
    // Starts a subscription.
    caf::replies_to<subscribe_request>::with<void>,
    // Ends a subscription.
    caf::replies_to<unsubscribe_request>::with<void>,
    // Sends an event to the subscribers of its topic.
    caf::reacts_to<topic_event_ptr>,
    // Takes one thing that concerns replication, from the cluster actor.
    caf::reacts_to<replication_input_ptr>,
    // INTERNAL: something may be due to peers.
    caf::reacts_to<atom::flush>,
    // INTERNAL: the linger of some presences may be over.
    caf::reacts_to<atom::linger>,
    // INTERNAL: somebody wrote past the mailbox.
    caf::reacts_to<atom::written>>;

/// The DISPATCHER of a shard: takes its changes in order, merges them, runs the
/// hooks and sends the result to subscribers.
using dispatcher_actor = caf::typed_actor<
    // There is something in the queue.
    caf::reacts_to<atom::wake>,
    // INTERNAL: a window may be over.
    caf::reacts_to<atom::window>>;

/// The SUPERVISOR: keeps shards and dispatchers alive.
using supervisor_actor = caf::typed_actor<
    // Ends every presence of an owner, in all shards.
    caf::replies_to<untrack_owner_request>::with<void>,
    // Stops all actors of this node, then itself.
    caf::reacts_to<atom::stop>>;

} // namespace rollcall
