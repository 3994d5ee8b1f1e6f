#pragma once

#include "crdt/interval.hpp"
#include "rollcall/types.hpp"

#include <caf/actor_control_block.hpp>

#include <cstddef>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

namespace rollcall {

/// A subscriber comes in; `presences` is what it will be told first.
struct subscriber_joined {
  std::string topic;
  caf::strong_actor_ptr subscriber;
  snapshot presences;
  bool wants_passed = false; ///< Also what joined and left within a window.
};

/// A subscriber goes.
struct subscriber_left {
  std::string topic;
  caf::strong_actor_ptr subscriber;
};

/// What a shard tells its dispatcher, in the order in which it happened.
using dispatch_item = std::variant<crdt::change, subscriber_joined,
                                   subscriber_left, topic_event_ptr>;

/// Carries items from a shard to its dispatcher, and outlives both.
///
/// Shape:   bounded. Above `changes_max` the changes are merged to their net
///          effect, so what waits behind a slow hook is bounded by what is
///          present; above `events_max` events are dropped and counted; above
///          `limits::waiting_subscriptions_max` it takes no subscriber, and who
///          left was one before.
/// Threads: any.
class diff_queue {
public:
  explicit diff_queue(std::size_t changes_max, std::size_t events_max) noexcept
      : changes_max_{changes_max},
        events_max_{events_max},
        merge_at_{changes_max} {
  }

  /// @returns whether the queue was empty, so the dispatcher must be woken.
  bool push(dispatch_item item);

  /// Whether there is room for one more `subscriber_joined`.
  [[nodiscard]] bool takes_subscribers() const;

  /// Takes everything.
  [[nodiscard]] std::vector<dispatch_item> take();

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::uint64_t dropped_events() const;

private:
  void merge();

  const std::size_t changes_max_;
  const std::size_t events_max_;
  mutable std::mutex mutex_;
  std::vector<dispatch_item> items_;
  std::size_t events_ = 0;
  std::size_t subscribers_ = 0; ///< That come in.
  std::size_t merge_at_;
  std::uint64_t dropped_events_ = 0;
};

} // namespace rollcall
