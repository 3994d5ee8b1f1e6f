#pragma once

#include "actors/guarded.hpp"
#include "actors/shard_table.hpp"
#include "actors/wake_up_flag.hpp"
#include "actors/watch_table.hpp"
#include "messages/interfaces.hpp"
#include "rollcall/topic_counts.hpp"

#include <caf/actor_system.hpp>
#include <caf/error.hpp>
#include <caf/execution_unit.hpp>

#include <atomic>
#include <functional>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall {

/// What a node keeps of who follows which keys and who watches how large topics
/// are and what stands where in them: what outlives the watch dispatcher, and
/// the current one.
///
/// As long as nobody ever asked, writers tell it nothing, and it costs nothing.
///
/// Threads: any.
class watch_slot {
public:
  /// Reads how large the topics of a delivery are.
  using count_reader
      = std::function<std::vector<topic_size>(const crdt::count_delivery&)>;

  /// Reads what stands in the ranges of some work.
  using window_reader
      = std::function<std::vector<crdt::range_window>(const crdt::range_work&)>;

  /// Has the dispatcher of a shard ask for what its hooks are to hear.
  using hook_caller = std::function<void(std::size_t, caf::execution_unit*)>;

  watch_slot(caf::actor_system& system, const config& settings,
             count_reader counts, window_reader windows, hook_caller hooks)
      : table{settings},
        read_counts{std::move(counts)},
        read_windows{std::move(windows)},
        call_hooks{std::move(hooks)},
        system_{system} {
  }

  /// Makes it listen for somebody, once: `start` has the shards tell of changes
  /// from now on, and gives it what is there.
  /// Errors: `shard_unavailable`, if memory runs out.
  caf::error listen(listeners who, const std::function<void()>& start);

  /// A shard did a step, and tells of its changes.
  void changed(listeners told_to, std::span<const crdt::change> all,
               caf::execution_unit* context) noexcept;

  /// What is there when it begins to listen.
  void add(std::string_view topic, const snapshot& presences);

  // By the dispatcher of a shard, for its hooks.
  void start_to_hear(std::size_t share, std::size_t shares) noexcept;
  [[nodiscard]] std::vector<crdt::key_status>
  take_heard(std::size_t share) noexcept;

  /// Another node tells when it saw keys.
  void learn(std::span<const crdt::seen_key> all) noexcept;

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

  [[nodiscard]] watch_dispatcher_actor dispatcher() const {
    return dispatcher_.get();
  }

  void set_dispatcher(watch_dispatcher_actor handle) {
    dispatcher_.set(std::move(handle));
  }

  /// Asks the current dispatcher to end.
  void end_actor() const;

  /// Drops the handles of its actor and of followers.
  /// @pre its actor has ended.
  void forget_actors();

  watch_table table;
  const count_reader read_counts;
  const window_reader read_windows;
  const hook_caller call_hooks;
  wake_up_flag wake_up;

  /// Memory ran out in a step of the table: nobody may build on it.
  void out_of_memory() noexcept;

private:
  /// Does a step with the table. If memory runs out in it, it may be half done,
  /// and nobody may build on it.
  template <class Step>
  void run(Step step) noexcept;

  caf::actor_system& system_;
  std::atomic<listeners> listens_for_{listeners::none};
  std::atomic<bool> is_open_{true};
  std::mutex listening_mutex_;
  guarded<watch_dispatcher_actor> dispatcher_;
};

} // namespace rollcall
