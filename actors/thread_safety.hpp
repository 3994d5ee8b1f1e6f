#pragma once

#include <atomic>
#include <mutex>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// What clang's analysis of thread safety is told: which lock guards a member,
// and which lock a function needs, takes or must not have. Other compilers
// ignore it. tests/tidy/thread_safety.sh runs the analysis.
#if defined(__clang__)
#define ROLLCALL_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define ROLLCALL_THREAD_ATTRIBUTE(x)
#endif

/// The member may be touched only with this lock held.
#define ROLLCALL_GUARDED_BY(x) ROLLCALL_THREAD_ATTRIBUTE(guarded_by(x))
/// The caller has this lock.
#define ROLLCALL_REQUIRES(x) ROLLCALL_THREAD_ATTRIBUTE(requires_capability(x))
/// The caller does not have this lock, since the function takes it.
#define ROLLCALL_EXCLUDES(x) ROLLCALL_THREAD_ATTRIBUTE(locks_excluded(x))

namespace rollcall {

/// A mutex that the analysis knows, for short work: who finds it taken looks
/// for about a microsecond whether it becomes free, since to sleep and to be
/// woken costs more.
class ROLLCALL_THREAD_ATTRIBUTE(capability("mutex")) checked_mutex {
public:
  void lock() ROLLCALL_THREAD_ATTRIBUTE(acquire_capability()) {
    for (unsigned i = 0; i < looks; ++i) {
      if (!is_taken_.load(std::memory_order_relaxed) && mutex_.try_lock())
        return is_taken_.store(true, std::memory_order_relaxed);
      pause();
    }
    mutex_.lock();
    is_taken_.store(true, std::memory_order_relaxed);
  }

  void unlock() ROLLCALL_THREAD_ATTRIBUTE(release_capability()) {
    is_taken_.store(false, std::memory_order_relaxed);
    mutex_.unlock();
  }

private:
  static constexpr unsigned looks = 30;

  /// Leaves the core to whoever shares it, for some ten cycles.
  static void pause() noexcept {
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  std::mutex mutex_;
  std::atomic<bool> is_taken_{false}; ///< A hint: to look at it disturbs less.
};

/// Has a `checked_mutex` as long as it lives.
class ROLLCALL_THREAD_ATTRIBUTE(scoped_lockable) checked_guard {
public:
  explicit checked_guard(checked_mutex& mutex)
      ROLLCALL_THREAD_ATTRIBUTE(acquire_capability(mutex))
      : mutex_{mutex} {
    mutex_.lock();
  }

  ~checked_guard() ROLLCALL_THREAD_ATTRIBUTE(release_capability()) {
    mutex_.unlock();
  }

  checked_guard(const checked_guard&) = delete;
  checked_guard& operator=(const checked_guard&) = delete;

private:
  checked_mutex& mutex_;
};

} // namespace rollcall
