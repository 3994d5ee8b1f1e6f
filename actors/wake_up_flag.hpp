#pragma once

#include <atomic>

namespace rollcall {

/// Lets many threads tell one actor that there is something to do, with one
/// message on its way at a time.
///
/// Threads: any.
class wake_up_flag {
public:
  /// After the work is there. @returns whether the actor must be told.
  [[nodiscard]] bool raise() noexcept {
    return !is_raised_.exchange(true);
  }

  /// By the actor, before it looks.
  void clear() noexcept {
    is_raised_.store(false);
  }

private:
  std::atomic<bool> is_raised_{false};
};

} // namespace rollcall
