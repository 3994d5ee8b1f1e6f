#pragma once

#include "tests/support/texts.hpp"

#include <chrono>

/// Expects that just this is told now, of a fixture that has `told`.
#define CHECK_TOLD(...) CHECK_TEXTS(told(), __VA_ARGS__)

/// Expects that nothing is told before this time has passed, and then just
/// this, of a fixture that also has `now`.
#define CHECK_TOLD_AFTER(time, ...)                                            \
  do {                                                                         \
    now += (time)-std::chrono::milliseconds{1};                                \
    CHECK_TOLD();                                                              \
    now += std::chrono::milliseconds{1};                                       \
    CHECK_TOLD(__VA_ARGS__);                                                   \
  } while (false)
