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

/// The end of one dispatcher's actor, which may come after all is let go: an
/// actor system that ends does not wait for an actor that a thread is running.
///
/// Threads: any.
class dispatcher_end {
public:
  explicit dispatcher_end(bool has_own_thread)
      : has_own_thread_{has_own_thread} {
  }

  /// The actor has ended, and will not look at the links again.
  void come(dispatch_links& links) {
    let_go_of_subscribers(links);
    has_come_ = true;
    has_come_.notify_all();
  }

  /// No actor will follow. Whoever is second lets the subscribers go: this
  /// caller, or the actor when it ends.
  void let_go_of_subscribers(dispatch_links& links) {
    if (is_second_.exchange(true))
      links.subscribers.clear();
  }

  /// Waits for it, if the actor has a thread of its own.
  void await_own_thread() const {
    if (has_own_thread_)
      has_come_.wait(false);
  }

private:
  const bool has_own_thread_;
  std::atomic<bool> has_come_ = false;
  std::atomic<bool> is_second_ = false;
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
  [[nodiscard]] bool deliver_all(crdt::tick_time now);
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
