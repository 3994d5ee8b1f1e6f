#pragma once

#include "actors/hook_runner.hpp"
#include "actors/shard_table.hpp"
#include "actors/watch_slot.hpp"
#include "crdt/diff/diff_batcher.hpp"
#include "crdt/wake_ups.hpp"
#include "messages/interfaces.hpp"

#include <caf/message.hpp>
#include <caf/stateful_actor.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace rollcall {

/// What a dispatcher works on. It outlives the actor, so that a restarted one
/// goes on where the last one ended.
///
/// Threads: the dispatcher's, but for the counters and the hooks.
struct dispatch_links {
  dispatch_links(std::shared_ptr<shard_table> from,
                 std::shared_ptr<watch_slot> with, const config& settings,
                 hooks_factory make_hooks)
      : table{std::move(from)},
        watches{std::move(with)},
        shard_count{settings.shard_count},
        hooks{std::move(make_hooks)},
        batcher{{settings.diff_window, hooks.is_active()}} {
  }

  const std::shared_ptr<shard_table> table;
  const std::shared_ptr<watch_slot> watches;
  const std::size_t shard_count;
  hook_runner hooks;
  crdt::diff_batcher batcher;
  std::unordered_map<crdt::subscriber_id, caf::strong_actor_ptr> subscribers;

  // Of the batcher, for any thread.
  std::atomic<std::uint64_t> diffs = 0;
  std::atomic<std::size_t> subscriptions = 0;
};

/// Carries out what the `diff_batcher` decides: runs the hooks, and sends.
struct dispatcher_state {
  static constexpr const char* name = "rollcall.dispatcher";

  explicit dispatcher_state(dispatcher_actor::pointer self) : self_{self} {
  }

  /// Takes up where the last actor of these links ended.
  void start(std::shared_ptr<dispatch_links> links);

  /// Does all that is there, and sets the timer for the rest.
  void work();

  /// The timer fired.
  void window_ended();

  void subscriber_ended(const caf::down_msg& message);

private:
  [[nodiscard]] bool take_batch();
  void tell_keys();
  void deliver_all(crdt::tick_time now);
  void deliver(crdt::snapshot_delivery& first);
  void deliver(crdt::diff_delivery& changed);
  void deliver(crdt::event_delivery& event);
  void send(crdt::subscriber_id to, const caf::message& content);
  void monitor(crdt::subscriber_id newcomer);
  void remove(crdt::subscriber_id ended);
  void count();

  dispatcher_actor::pointer self_;
  std::shared_ptr<dispatch_links> links_;
  crdt::wake_ups timers_;
  bool hears_keys_ = false; ///< Its hooks do.
};

/// The behaviour of a dispatcher: routes messages to its state.
dispatcher_actor::behavior_type
dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
           std::shared_ptr<dispatch_links> links);

} // namespace rollcall
