#pragma once

#include <rollcall/gateway_stats.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <tuple>

namespace rollcall::channels {

/// Counts durations into a `duration_histogram`. Threads: any.
class latency_recorder {
public:
  using clock = std::chrono::steady_clock;

  void record(clock::duration took) noexcept {
    const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(took).count(),
        0));
    const auto slot = std::min<std::size_t>(
        static_cast<std::size_t>(std::bit_width(us)), buckets_.size() - 1);
    buckets_[slot].fetch_add(1, std::memory_order_relaxed);
    sum_us_.fetch_add(us, std::memory_order_relaxed);
  }

  void add_to(duration_histogram& sum) const noexcept {
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      const auto count = buckets_[i].load(std::memory_order_relaxed);
      sum.buckets[i] += count;
      sum.count += count;
    }
    sum.sum_us += sum_us_.load(std::memory_order_relaxed);
  }

  [[nodiscard]] duration_histogram snapshot() const noexcept {
    duration_histogram result;
    add_to(result);
    return result;
  }

private:
  std::array<std::atomic<std::uint64_t>,
             std::tuple_size_v<decltype(duration_histogram::buckets)>>
      buckets_{};
  std::atomic<std::uint64_t> sum_us_{0};
};

} // namespace rollcall::channels
