#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace rollcall::sim {

using duration = std::chrono::microseconds;

/// Time since the start of a run.
using moment = std::chrono::microseconds;

/// What will happen, by when: the only clock of a run. It moves from event to
/// event, so an idle hour costs nothing.
class simulated_time {
public:
  using action = std::function<void()>;

  [[nodiscard]] moment now() const noexcept {
    return now_;
  }

  /// Lets `work` happen after a while; events of one moment in the order in
  /// which they were planned.
  void after(duration delay, action work) {
    events_.push_back({now_ + delay, ++planned_, std::move(work)});
    std::push_heap(events_.begin(), events_.end(), is_later);
  }

  /// Lets everything up to `end` happen, also what is planned on the way.
  void run_until(moment end) {
    while (!events_.empty() && events_.front().when <= end) {
      std::pop_heap(events_.begin(), events_.end(), is_later);
      auto next = std::move(events_.back());
      events_.pop_back();
      now_ = next.when;
      next.work();
    }
    now_ = std::max(now_, end);
  }

private:
  struct event {
    moment when;
    std::uint64_t order;
    action work;
  };

  static bool is_later(const event& a, const event& b) noexcept {
    return std::pair{a.when, a.order} > std::pair{b.when, b.order};
  }

  moment now_{0};
  std::uint64_t planned_ = 0;
  std::vector<event> events_;
};

} // namespace rollcall::sim
