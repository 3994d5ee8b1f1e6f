#pragma once

#include "actors/peer_routes.hpp"
#include "actors/shard_inbox.hpp"
#include "actors/shard_table.hpp"
#include "actors/wake_up_flag.hpp"
#include "actors/watch_slot.hpp"
#include "crdt/wake_ups.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace rollcall {

/// What a shard works on; all of it outlives the actor.
struct shard_links {
  std::shared_ptr<shard_table> table;
  std::shared_ptr<peer_routes> routes;
  std::shared_ptr<shard_inbox> inbox;
  std::shared_ptr<wake_up_flag> wake_up;
  std::shared_ptr<watch_slot> watches;
  std::function<dispatcher_actor()> dispatcher; ///< The current one.
  /// As `shard_slot::tell_replaced`.
  std::function<void(const std::vector<shard_table::replaced_owner>&)>
      tell_replaced;
  /// As `shard_slot::tick`.
  std::function<void(crdt::tick_time, caf::execution_unit*)> tick;
};

/// Carries out what the `shard_core` in the table decides and only an actor can
/// do: it keeps the timer, and sends to peers.
struct shard_state {
  static constexpr const char* name = "rollcall.shard";

  explicit shard_state(shard_actor::pointer self) : self_{self} {
  }

  /// Takes up where the last actor of this table ended.
  void start(shard_links links);

  void publish(topic_event_ptr& event);

  /// The time has come that it waited for.
  void wake();

  /// Does what follows from writes of others, and what the cluster has for it.
  void look_after();

private:
  static constexpr int inputs_max = 64; ///< Of one turn.

  void take(const replication_input_ptr& input);
  void take_interval(const crdt::interval_arrived& arrived);
  void settle(const shard_table::interval_outcome& outcome);
  void wake_dispatcher(bool has_work);
  void wait();

  shard_actor::pointer self_;
  shard_links links_;
  crdt::wake_ups timers_;
};

/// The behaviour of a shard: routes messages to its state.
shard_actor::behavior_type
shard(shard_actor::stateful_pointer<shard_state> self, shard_links links);

} // namespace rollcall
