#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace rollcall::testing {

/// Time since the start of a simulated network.
using network_time = std::chrono::nanoseconds;

/// One direction between two nodes, as TCP has it: what is sent on a connection
/// arrives after the delay and in order; what is under way when the wire is cut
/// waits until it is healed. Connections do not wait for each other.
///
/// Shape: a record for each arrival that is under way.
class simulated_wire {
public:
  /// What happens at the other end.
  using arrival = std::function<void()>;

  /// Numbers grow: of two arrivals that are due at one time, that of the older
  /// connection is the first.
  using connection = std::uint64_t;

  void send(connection over, arrival deliver, network_time now) {
    auto& queue = waiting_[over];
    const auto earliest = queue.empty() ? now : queue.back().due;
    queue.push_back({std::max(earliest, now + delay_), std::move(deliver)});
  }

  void cut() {
    is_cut_ = true;
  }

  void heal(network_time now) {
    if (!std::exchange(is_cut_, false))
      return;
    for (auto& [over, queue] : waiting_)
      for (auto& one : queue)
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

  /// A connection is over: what is under way on it is lost.
  void drop(connection which) {
    waiting_.erase(which);
  }

  /// When the next arrival is due.
  [[nodiscard]] std::optional<network_time> next() const {
    if (is_cut_ || waiting_.empty())
      return std::nullopt;
    return first_due()->second.front().due;
  }

  /// Takes an arrival that is due; null if none is.
  [[nodiscard]] arrival take(network_time now) {
    const auto due = next();
    if (!due || *due > now)
      return {};
    const auto found = waiting_.find(first_due()->first);
    auto result = std::move(found->second.front().deliver);
    found->second.pop_front();
    if (found->second.empty())
      waiting_.erase(found);
    return result;
  }

private:
  struct timed_arrival {
    network_time due;
    arrival deliver;
  };

  /// None of them is empty.
  using queues = std::map<connection, std::deque<timed_arrival>>;

  /// @pre something is under way.
  [[nodiscard]] queues::const_iterator first_due() const {
    return std::min_element(
        waiting_.begin(), waiting_.end(), [](const auto& a, const auto& b) {
          return a.second.front().due < b.second.front().due;
        });
  }

  queues waiting_;
  network_time delay_{};
  bool is_cut_ = false;
};

} // namespace rollcall::testing
