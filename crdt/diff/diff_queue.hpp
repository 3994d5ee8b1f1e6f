#pragma once

#include "crdt/interval.hpp"
#include "crdt/snapshot_content.hpp"
#include "rollcall/limits.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace rollcall::crdt {

/// Names whoever subscribed. The driver gives the numbers out, and never gives
/// one number to two subscribers.
struct subscriber_id {
  std::uint64_t value = 0;

  friend auto operator<=>(const subscriber_id&, const subscriber_id&) = default;
};

/// A subscriber comes in; `presences` is what it will be told first.
struct subscriber_joined {
  std::string topic;
  subscriber_id subscriber;
  snapshot presences;
  bool wants_passed = false; ///< Also what came and went within a window.
};

/// A subscriber goes.
struct subscriber_left {
  std::string topic;
  subscriber_id subscriber;
};

/// An event for the subscribers of a topic. Only the driver knows its content.
struct published_event {
  std::string topic;
  std::shared_ptr<const void> content;
};

/// What a shard tells its dispatcher, in the order in which it happened.
using dispatch_item
    = std::variant<change, subscriber_joined, subscriber_left, published_event>;

/// How much may wait for a dispatcher.
struct diff_queue_limits {
  std::size_t changes_max = limits::waiting_changes_max;
  std::size_t events_max = limits::waiting_events_max;
  std::size_t subscriptions_max = limits::waiting_subscriptions_max;
};

/// What waits for the dispatcher of a shard.
///
/// Shape:   bounded. Above `changes_max` the changes are merged to their net
///          effect, so what waits behind a slow hook is bounded by what is
///          present. Above `events_max` events are dropped and counted. Above
///          `subscriptions_max` the queue takes no new subscriber; who leaves
///          was a subscriber before, so those items are bounded as well.
/// Threads: one at a time.
class diff_queue {
public:
  explicit diff_queue(diff_queue_limits limits) noexcept
      : limits_{limits},
        merge_at_{limits.changes_max} {
  }

  /// @returns whether the queue was empty, so the dispatcher must be woken.
  bool push(dispatch_item item);

  /// Whether there is room for one more `subscriber_joined`.
  [[nodiscard]] bool takes_subscribers() const noexcept {
    return subscribers_ < limits_.subscriptions_max;
  }

  /// Takes everything.
  [[nodiscard]] std::vector<dispatch_item> take();

  [[nodiscard]] std::size_t size() const noexcept {
    return items_.size();
  }

  [[nodiscard]] std::uint64_t dropped_events() const noexcept {
    return dropped_events_;
  }

private:
  void merge();

  diff_queue_limits limits_;
  std::vector<dispatch_item> items_;
  std::size_t events_ = 0;
  std::size_t subscribers_ = 0; ///< `subscriber_joined` items.
  std::size_t merge_at_;
  std::uint64_t dropped_events_ = 0;
};

} // namespace rollcall::crdt

template <>
struct std::hash<rollcall::crdt::subscriber_id> {
  std::size_t operator()(rollcall::crdt::subscriber_id id) const noexcept {
    return static_cast<std::size_t>(id.value);
  }
};
