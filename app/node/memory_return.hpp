#pragma once

#include <cstddef>

namespace rollcall::node {

/// When to have the allocator return memory that nobody uses to the system: it
/// keeps what a crowd needed, long after the crowd has gone. Each attempt costs
/// a walk over the heap, so one follows only if memory has grown since the
/// last.
///
/// Threads: one at a time.
class memory_return {
public:
  /// Growth that is worth an attempt.
  static constexpr std::size_t bytes_min = std::size_t{2} << 20;

  [[nodiscard]] bool is_due(std::size_t resident_bytes) const noexcept {
    return resident_bytes >= after_last_ + bytes_min;
  }

  void returned(std::size_t resident_bytes) noexcept {
    after_last_ = resident_bytes;
  }

private:
  std::size_t after_last_ = 0;
};

} // namespace rollcall::node
