#pragma once

#include <cstddef>

namespace rollcall::test {

/// Bytes of all live allocations of the process, as they were asked for.
/// Linking `counting_allocator.cpp` replaces the global operators.
[[nodiscard]] std::size_t allocated_bytes() noexcept;

} // namespace rollcall::test
