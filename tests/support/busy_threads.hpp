#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace rollcall::test {

/// Threads that do something over and over as long as this lives.
class busy_threads {
public:
  /// Starts `count` threads that run steps; `step_of(i)` makes the step of the
  /// one with that number. Returns when one of them has run.
  template <class Factory>
  busy_threads(int count, Factory step_of) {
    for (int i = 0; i < count; ++i)
      threads_.emplace_back(
          [this, step = std::function<void()>{step_of(i)}] { go_on(step); });
    steps_.wait(0);
  }

  ~busy_threads() {
    is_over_ = true;
    for (auto& each : threads_)
      each.join();
  }

  busy_threads(const busy_threads&) = delete;
  busy_threads& operator=(const busy_threads&) = delete;

private:
  void go_on(const std::function<void()>& step) {
    while (!is_over_) {
      step();
      steps_.fetch_add(1);
      steps_.notify_all();
    }
  }

  std::atomic<bool> is_over_ = false;
  std::atomic<int> steps_ = 0;
  std::vector<std::thread> threads_;
};

} // namespace rollcall::test
