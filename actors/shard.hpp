#pragma once

#include "actors/diff_queue.hpp"
#include "actors/news_flag.hpp"
#include "actors/shard_replication.hpp"
#include "actors/shard_table.hpp"
#include "crdt/wake_ups.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace rollcall {

/// What a shard works on; all of it outlives the actor.
struct shard_links {
  std::shared_ptr<shard_table> table;
  std::shared_ptr<shard_replication> replication;
  std::shared_ptr<diff_queue> queue;
  std::shared_ptr<news_flag> news;
  std::function<dispatcher_actor()> dispatcher; ///< The current one.
};

struct shard_state {
  static constexpr const char* name = "rollcall.shard";

  explicit shard_state(shard_actor::pointer self) : self_{self} {
  }

  /// Takes up where the last actor of this table ended.
  void start(shard_links links);

  void publish(topic_event_ptr& event);
  void owner_ended(const caf::down_msg& message);
  void end_lingering();
  void take(const replication_input_ptr& input);

  /// Sends what is due to peers, one round.
  void flush();

  /// Does what follows from writes.
  void look_after();

private:
  void settle(const shard_table::outcome& outcome);
  void look_after_owners();
  void wake_dispatcher(bool has_work);
  void wait_for_linger();
  void wait_for_flush();

  shard_actor::pointer self_;
  shard_links links_;
  crdt::wake_ups flush_timers_;
  crdt::wake_ups linger_timers_;
};

/// The behaviour of a shard: routes messages to its state.
shard_actor::behavior_type
shard(shard_actor::stateful_pointer<shard_state> self, shard_links links);

} // namespace rollcall
