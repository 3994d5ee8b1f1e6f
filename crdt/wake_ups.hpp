#pragma once

#include <chrono>
#include <set>

namespace rollcall::crdt {

/// Which timers one actor has running, so that it starts none that another
/// makes needless. Without it, a timer that finds its work done by an earlier
/// one and starts the next makes two of one, and so on.
///
/// Shape:   a set entry for each running timer: one, and one more for each
///          time that something came up which is due sooner.
/// Threads: one at a time.
class wake_ups {
public:
  using time = std::chrono::nanoseconds;

  /// Something is due at `when`. @returns whether a timer must be started for
  /// it: no running one fires as early.
  [[nodiscard]] bool start(time when) {
    if (!running_.empty() && *running_.begin() <= when)
      return false;
    running_.insert(when);
    return true;
  }

  /// A timer fired. @pre it fires when its time has come, not before.
  void fired(time now) {
    running_.erase(running_.begin(), running_.upper_bound(now));
  }

private:
  std::set<time> running_;
};

} // namespace rollcall::crdt
