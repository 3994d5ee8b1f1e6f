#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace rollcall::test {

/// The seed of this run: `ROLLCALL_TEST_SEED`, or a fresh one. Random tests put
/// it in the context of their failures, so that a failure can be run again.
inline std::uint64_t seed() {
  static const std::uint64_t value = [] {
    if (const char* text = std::getenv("ROLLCALL_TEST_SEED"))
      return static_cast<std::uint64_t>(std::stoull(text));
    std::random_device device;
    return static_cast<std::uint64_t>(device()) << 32 | device();
  }();
  return value;
}

} // namespace rollcall::test
