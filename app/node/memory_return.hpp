#pragma once

#include <cstddef>

namespace rollcall::node {

/// When to have the allocator return memory that nobody uses to the system: it
/// keeps what a crowd needed, long after the crowd has gone. Each attempt costs
/// a walk over the heap, so another one follows only if memory has grown since
/// the last, or if much of what was in use then has been freed.
///
/// Threads: one at a time.
class memory_return {
public:
  /// A change that is worth an attempt.
  static constexpr std::size_t bytes_min = std::size_t{2} << 20;

  /// @param used_bytes are those that the program has and did not free.
  [[nodiscard]] bool is_due(std::size_t resident_bytes,
                            std::size_t used_bytes) const noexcept {
    return resident_bytes >= resident_after_last_ + bytes_min
           || used_bytes + bytes_min <= used_at_last_;
  }

  void returned(std::size_t resident_bytes, std::size_t used_bytes) noexcept {
    resident_after_last_ = resident_bytes;
    used_at_last_ = used_bytes;
  }

private:
  std::size_t resident_after_last_ = 0;
  std::size_t used_at_last_ = 0;
};

} // namespace rollcall::node
