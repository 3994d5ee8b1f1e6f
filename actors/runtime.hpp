#pragma once

#include "actors/dispatcher.hpp"
#include "actors/guarded.hpp"
#include "actors/peer_routes.hpp"
#include "actors/shard_inbox.hpp"
#include "actors/shard_table.hpp"
#include "actors/wake_up_flag.hpp"
#include "actors/watch_slot.hpp"
#include "messages/interfaces.hpp"
#include "rollcall/config.hpp"
#include "rollcall/hooks.hpp"
#include "rollcall/stats.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/expected.hpp>
#include <caf/message.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall {

/// One shard of a node: what outlives its actors, and the current actors.
/// Whoever writes takes the lock of the table and does it, actor or not, and
/// watches over an owner that is new; the shard's actor is told if it must send
/// to peers or keep a timer.
///
/// Threads: the handles from any; the rest as its own type says.
class shard_slot : public std::enable_shared_from_this<shard_slot> {
public:
  shard_slot(const crdt::replica_id& self, const config& settings,
             const hooks_factory& make_hooks,
             std::shared_ptr<watch_slot> watches);

  [[nodiscard]] shard_actor shard() const {
    return shard_.get();
  }

  [[nodiscard]] dispatcher_actor dispatcher() const {
    return dispatcher_.get();
  }

  void set_shard(shard_actor handle) {
    shard_.set(std::move(handle));
  }

  /// Errors: `shard_unavailable`, if one of its actors ended for good.
  [[nodiscard]] caf::error check_open() const;

  [[nodiscard]] bool is_open() const noexcept {
    return is_open_.load(std::memory_order_relaxed);
  }

  /// One of its actors will not come back.
  void close() noexcept;

  /// @param end of this dispatcher; null if there is none.
  void set_dispatcher(dispatcher_actor handle,
                      std::shared_ptr<dispatcher_end> end);

  /// Asks the current actors to end.
  void end_actors() const;

  /// Drops the handles of its actors and of subscribers.
  /// @pre its actors have ended, or are told to; nobody starts others.
  void forget_actors();

  /// Waits until the dispatcher has ended, if it has a thread of its own.
  void await_own_thread() const;

  /// Does one step with the table for an owner or a subscriber, and has the
  /// actors do what follows. If memory runs out in it, the step may be half
  /// done, and nobody may build on it: the shard closes. Reads go on.
  /// Errors: `shard_unavailable`.
  template <class Step>
  caf::expected<crdt::shard_answer> run(const caf::strong_actor_ptr& who,
                                        caf::execution_unit* context,
                                        Step step) {
    try {
      const shard_table::outcome outcome = step(*table);
      settle(outcome, who, context);
      return outcome.answer;
    } catch (const std::bad_alloc&) {
      return out_of_memory();
    }
  }

  /// Leaves something of the cluster for the shard's actor.
  void leave_input(replication_input_ptr input) const;

  /// Tells owners that other sessions of their keys count, and watches no more
  /// over those that have nothing left here.
  void
  tell_replaced(const std::vector<shard_table::replaced_owner>& owners) const;

  /// The shard's actor: the time of something has come.
  void tick(crdt::tick_time now, caf::execution_unit* context);

  /// An owner ended; from its `owner_monitor`.
  void owner_ended(std::uint64_t owner, leave_reason why, crdt::tick_time now,
                   caf::execution_unit* context);

  const std::shared_ptr<shard_table> table;
  const std::shared_ptr<peer_routes> routes = std::make_shared<peer_routes>();
  const std::shared_ptr<shard_inbox> inbox = std::make_shared<shard_inbox>();
  const std::shared_ptr<dispatch_links> dispatch;
  const std::shared_ptr<wake_up_flag> wake_up
      = std::make_shared<wake_up_flag>();
  const std::shared_ptr<watch_slot> watches; ///< That of the node.

private:
  void settle(const shard_table::outcome& outcome,
              const caf::strong_actor_ptr& who, caf::execution_unit* context);
  caf::error out_of_memory();

  guarded<shard_actor> shard_;
  guarded<dispatcher_actor> dispatcher_;
  guarded<std::shared_ptr<dispatcher_end>> dispatcher_end_;
  std::atomic<bool> is_open_{true};
};

class tell_codec;

/// The cluster that a node is in, as its presence sees it.
struct cluster_door {
  caf::actor actor;
  std::shared_ptr<const tell_codec> tells;
  /// Says goodbye to the peers and ends the cluster; later calls do nothing.
  std::function<void()> leave;
};

/// Everything that the handles of one node's presence share.
class runtime {
public:
  runtime(caf::actor_system& system, config settings,
          const hooks_factory& make_hooks);

  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  [[nodiscard]] shard_slot& slot_of(std::string_view topic) const noexcept;

  /// Errors: `shard_unavailable`, if no shard takes calls any more.
  [[nodiscard]] caf::error check_open() const;
  [[nodiscard]] runtime_stats stats() const;

  /// Has the shards tell followers of keys of their changes, from the first
  /// call on.
  /// Errors: `shard_unavailable`.
  [[nodiscard]] caf::error listen_for_followers();

  /// Likewise those who watch counts or ranges.
  [[nodiscard]] caf::error listen_for(listeners watchers);

  /// As those of `presence`.
  [[nodiscard]] counts count(std::string_view topic) const;
  [[nodiscard]] std::vector<std::pair<std::string, counts>>
  topics(std::size_t limit, std::string_view after) const;

  /// Delivers a message to the owners of a key that live on this node.
  void tell_here(std::string_view topic, std::string_view key,
                 const caf::message& message) const;

  /// Ends the presences that this node has in a topic, step by step.
  /// Errors: `shard_unavailable`.
  [[nodiscard]] caf::error end_topic(const std::string& topic,
                                     caf::execution_unit* context) const;

  /// Asks all actors to end. Calls answer `shard_unavailable` from now on.
  void request_stop();

  /// `request_stop`, and waits until they have ended.
  /// Errors: `inside_actor`.
  caf::error stop();

  /// Drops the handles of actors that ended, or that nobody can wait for since
  /// the actor system ends.
  void forget_actors();

  /// The actor system ends, and nobody stopped: ends what it waits for.
  void abandon();

  [[nodiscard]] supervisor_actor supervisor() const {
    return supervisor_.get();
  }

  void set_supervisor(supervisor_actor handle) {
    supervisor_.set(std::move(handle));
  }

  /// The cluster actor, if this node is in a cluster.
  [[nodiscard]] caf::actor cluster() const;

  /// All of the cluster; null if this node is in none.
  [[nodiscard]] std::shared_ptr<const cluster_door> door() const {
    return door_.get();
  }

  /// @returns whether this node was in no cluster, and now is in this one.
  [[nodiscard]] bool enter(std::shared_ptr<const cluster_door> door) {
    return door_.fill(std::move(door));
  }

  /// This node is in no cluster any more.
  void exit() {
    door_.set(nullptr);
  }

  caf::actor_system& system;
  const config settings;
  const bool has_hooks;
  const std::shared_ptr<watch_slot> watches;
  std::vector<std::shared_ptr<shard_slot>> slots;
  /// The wall clock, in milliseconds since 1970. It only orders the logins of
  /// one key; nothing measures time by it. Set at most before the first write.
  std::function<std::uint64_t()> wall_ms;
  std::atomic<std::uint64_t> shard_restarts = 0;
  std::atomic<std::uint64_t> dispatcher_restarts = 0;
  /// Calls of followers and watchers that were answered with an error.
  std::atomic<std::uint64_t> watch_refusals = 0;

private:
  [[nodiscard]] std::vector<topic_size>
  read(const crdt::count_delivery& wanted) const;

  guarded<supervisor_actor> supervisor_;
  guarded<std::shared_ptr<const cluster_door>> door_;
};

/// The shard of a topic: the same on every node and in every process.
[[nodiscard]] std::size_t shard_index(std::string_view topic,
                                      std::size_t shard_count) noexcept;

} // namespace rollcall
