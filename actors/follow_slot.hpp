#pragma once

#include "actors/follow_table.hpp"
#include "actors/wake_up_flag.hpp"
#include "messages/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/error.hpp>
#include <caf/execution_unit.hpp>

#include <atomic>
#include <functional>
#include <mutex>
#include <span>
#include <string_view>

namespace rollcall {

/// What a node keeps of who follows which keys: what outlives the follow
/// dispatcher, and the current one.
///
/// As long as nobody ever followed a key, writers tell it nothing, and it
/// costs nothing.
///
/// Threads: any.
class follow_slot {
public:
  follow_slot(caf::actor_system& system, const config& settings)
      : table{settings},
        system_{system} {
  }

  /// Makes it listen, once: `fill` has the shards tell of changes from now on,
  /// and gives it what is there.
  /// Errors: `shard_unavailable`, if memory runs out.
  caf::error listen(const std::function<void()>& fill);

  [[nodiscard]] bool is_listening() const noexcept {
    return is_listening_.load(std::memory_order_acquire);
  }

  /// A shard did a step, and tells of its changes.
  void changed(std::span<const crdt::change> all,
               caf::execution_unit* context) noexcept;

  /// What is there when it begins to listen.
  void add(std::string_view topic, const snapshot& presences);

  /// Errors: `shard_unavailable`, if its dispatcher ended for good or memory
  ///         ran out.
  [[nodiscard]] caf::error check_open() const;
  void close() noexcept {
    is_open_.store(false);
  }
  [[nodiscard]] bool is_open() const noexcept {
    return is_open_.load(std::memory_order_relaxed);
  }

  void wake(caf::execution_unit* context);

  [[nodiscard]] follow_dispatcher_actor dispatcher() const;
  void set_dispatcher(follow_dispatcher_actor handle);

  /// Asks the current dispatcher to end.
  void end_actor() const;

  /// Drops the handles of its actor and of followers.
  /// @pre its actor has ended.
  void forget_actors();

  follow_table table;
  wake_up_flag wake_up;

  /// Memory ran out in a step of the table: nobody may build on it.
  void out_of_memory() noexcept;

private:
  caf::actor_system& system_;
  std::atomic<bool> is_listening_{false};
  std::atomic<bool> is_open_{true};
  std::mutex listening_mutex_;
  mutable std::mutex mutex_;
  follow_dispatcher_actor dispatcher_;
};

} // namespace rollcall
