#pragma once

#include <cstddef>
#include <new>

/// Linking `failing_allocator.cpp` replaces the global operators, so that a
/// test can let one allocation after the other fail.
namespace rollcall::test {

/// Blocks that this process has allocated and not freed.
[[nodiscard]] std::size_t live_blocks() noexcept;

/// From now on the `n`-th allocation of this thread fails, counted from 0, and
/// none after it.
void fail_allocation(std::size_t n) noexcept;

/// No allocation fails any more. @returns whether one has.
bool stop_failing() noexcept;

/// Calls `act`, of which the `n`-th allocation fails.
/// @returns whether it had so many. A failure that was not told by
///          `std::bad_alloc` was dealt with inside.
template <class Act>
bool with_failure(std::size_t n, Act act) {
  fail_allocation(n);
  try {
    act();
  } catch (const std::bad_alloc&) {
    // That is what is tested.
  }
  return stop_failing();
}

} // namespace rollcall::test
