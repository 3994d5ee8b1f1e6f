#pragma once

#include "actors/watch_slot.hpp"
#include "crdt/wake_ups.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/system_messages.hpp>

#include <memory>
#include <string>
#include <vector>

namespace rollcall {

class runtime;

/// Carries out what the `follow_core`, the `count_core` and the `range_core` of
/// a node decide: tells followers of keys, and watchers of counts and ranges.
struct watch_dispatcher_state {
  static constexpr const char* name = "rollcall.watch";

  explicit watch_dispatcher_state(watch_dispatcher_actor::pointer self)
      : self_{self} {
  }

  /// Takes up where the last actor of this slot ended.
  /// @param node what the readers of the slot read.
  void start(std::shared_ptr<watch_slot> slot,
             std::shared_ptr<const runtime> node);

  /// Does what is there, and sets the timer for the rest.
  void work();

  /// The timer fired.
  void window_ended();

  void watcher_ended(const caf::down_msg& message);

private:
  static constexpr int batches_max = 16; ///< Of one turn.

  void carry_out(const watch_batch& batch);
  void deliver(const watch_batch::status& one);
  void deliver(const watch_batch::count& one);
  void deliver(const watch_batch::range_reading& one);
  void deliver(const std::string& topic,
               const std::vector<watch_batch::range>& all);
  void send(const std::vector<caf::strong_actor_ptr>& to,
            const caf::message& content);

  watch_dispatcher_actor::pointer self_;
  std::shared_ptr<watch_slot> slot_;
  std::shared_ptr<const runtime> node_; ///< So that it is there.
  crdt::wake_ups timers_;
};

/// The behaviour of the watch dispatcher: routes messages to its state.
watch_dispatcher_actor::behavior_type watch_dispatcher(
    watch_dispatcher_actor::stateful_pointer<watch_dispatcher_state> self,
    std::shared_ptr<watch_slot> slot, std::shared_ptr<const runtime> node);

} // namespace rollcall
