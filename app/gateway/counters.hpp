#pragma once

#include "app/gateway/latency_recorder.hpp"
#include <rollcall/gateway_stats.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace rollcall::channels {

/// A counter that one thread changes and all may read.
class counter {
public:
  void add(std::uint64_t more) noexcept {
    value_.store(get() + more, std::memory_order_relaxed);
  }

  void subtract(std::uint64_t less) noexcept {
    value_.store(get() - less, std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint64_t get() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

private:
  std::atomic<std::uint64_t> value_{0};
};

/// A part of a sum that goes with its owner.
class counted_bytes {
public:
  explicit counted_bytes(counter& sum) noexcept : sum_{sum} {
  }

  ~counted_bytes() {
    set(0);
  }

  counted_bytes(const counted_bytes&) = delete;
  counted_bytes& operator=(const counted_bytes&) = delete;

  void set(std::size_t bytes) noexcept {
    sum_.add(bytes - bytes_); // Unsigned: a decrease wraps around.
    bytes_ = bytes;
  }

  [[nodiscard]] std::size_t get() const noexcept {
    return bytes_;
  }

private:
  counter& sum_;
  std::size_t bytes_ = 0;
};

/// What one I/O thread counts.
struct counters {
  counter connections;
  counter sessions;
  counter channels;
  counter connects;
  counter joins;
  counter http_requests;
  counter frames_in;
  counter frames_out;
  counter bytes_in;
  counter bytes_out;
  counter channel_crashes;
  counter callback_failures;
  counter unsent_bytes;
  std::array<counter, static_cast<std::size_t>(refusal::count_)> refusals;
  latency_recorder join_time; ///< From `phx_join` to its reply.

  std::atomic<std::uint64_t> invalid_answers{0}; ///< Any thread counts these.

  void refuse(refusal why) noexcept {
    refusals[static_cast<std::size_t>(why)].add(1);
  }

  void joined_after(std::chrono::steady_clock::duration spent) noexcept {
    join_time.record(spent);
    joins.add(1);
  }

  void add_to(gateway_stats& sum) const noexcept {
    sum.connections += connections.get();
    sum.sessions += sessions.get();
    sum.channels += channels.get();
    sum.connects += connects.get();
    sum.joins += joins.get();
    sum.http_requests += http_requests.get();
    sum.frames_in += frames_in.get();
    sum.frames_out += frames_out.get();
    sum.bytes_in += bytes_in.get();
    sum.bytes_out += bytes_out.get();
    sum.channel_crashes += channel_crashes.get();
    sum.invalid_answers += invalid_answers;
    sum.callback_failures += callback_failures.get();
    sum.unsent_bytes += unsent_bytes.get();
    for (std::size_t i = 0; i < refusals.size(); ++i)
      sum.refusals[i] += refusals[i].get();
    join_time.add_to(sum.join_time);
  }
};

} // namespace rollcall::channels
