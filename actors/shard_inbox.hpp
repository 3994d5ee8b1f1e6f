#pragma once

#include "actors/thread_safety.hpp"
#include "messages/replication.hpp"

#include <deque>
#include <optional>
#include <utility>

namespace rollcall {

/// What the cluster has for a shard, in order. It outlives the shard's actor:
/// that a node came, or what a peer knows, is told once, and would be lost with
/// the mailbox of one that crashes.
///
/// Shape:   as many packets as are under way; see `replication_input::share`.
/// Threads: any.
/// Locks:   one of its own. Nothing else is locked while it is held.
class shard_inbox {
public:
  /// @returns whether it was taken: nothing is after the end.
  bool put(replication_input_ptr input) {
    const checked_guard guard{mutex_};
    if (!is_closed_)
      waiting_.push_back(std::move(input));
    return !is_closed_;
  }

  /// What came first. Whoever crashes by it has it no more.
  [[nodiscard]] std::optional<replication_input_ptr> next() {
    const checked_guard guard{mutex_};
    if (waiting_.empty())
      return std::nullopt;
    std::optional result{std::move(waiting_.front())};
    waiting_.pop_front();
    return result;
  }

  /// The shard stays down: drops what waits, and whatever comes.
  void close() {
    std::deque<replication_input_ptr> dropped; // Ends without the lock.
    const checked_guard guard{mutex_};
    is_closed_ = true;
    dropped.swap(waiting_);
  }

private:
  checked_mutex mutex_;
  std::deque<replication_input_ptr> waiting_ ROLLCALL_GUARDED_BY(mutex_);
  bool is_closed_ ROLLCALL_GUARDED_BY(mutex_) = false;
};

} // namespace rollcall
