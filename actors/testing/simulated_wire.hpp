#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <utility>

namespace rollcall::testing {

/// Time since the start of a simulated network.
using network_time = std::chrono::nanoseconds;

/// One direction between two nodes, as TCP has it: what is sent arrives after
/// the delay and in order; what is under way when the wire is cut waits until
/// it is healed.
///
/// Shape: a record for each arrival that is under way.
class simulated_wire {
public:
  /// What happens at the other end.
  using arrival = std::function<void()>;

  void send(arrival deliver, network_time now) {
    const auto earliest = waiting_.empty() ? now : waiting_.back().due;
    waiting_.push_back({std::max(earliest, now + delay_), std::move(deliver)});
  }

  void cut() {
    is_cut_ = true;
  }

  void heal(network_time now) {
    if (!std::exchange(is_cut_, false))
      return;
    for (auto& one : waiting_)
      one.due = std::max(one.due, now + delay_);
  }

  /// Of what is sent from now on.
  void delay(network_time by) {
    delay_ = by;
  }

  /// The node at the other end is gone.
  void clear() {
    waiting_.clear();
  }

  /// When the next arrival is due.
  [[nodiscard]] std::optional<network_time> next() const {
    if (is_cut_ || waiting_.empty())
      return std::nullopt;
    return waiting_.front().due;
  }

  /// Takes an arrival that is due; null if none is.
  [[nodiscard]] arrival take(network_time now) {
    if (is_cut_ || waiting_.empty() || waiting_.front().due > now)
      return {};
    auto result = std::move(waiting_.front().deliver);
    waiting_.pop_front();
    return result;
  }

private:
  struct timed_arrival {
    network_time due;
    arrival deliver;
  };

  std::deque<timed_arrival> waiting_;
  network_time delay_{};
  bool is_cut_ = false;
};

} // namespace rollcall::testing
