#pragma once

#include <mutex>

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

/// A mutex that the analysis knows.
class ROLLCALL_THREAD_ATTRIBUTE(capability("mutex")) checked_mutex {
public:
  void lock() ROLLCALL_THREAD_ATTRIBUTE(acquire_capability()) {
    mutex_.lock();
  }

  void unlock() ROLLCALL_THREAD_ATTRIBUTE(release_capability()) {
    mutex_.unlock();
  }

private:
  std::mutex mutex_;
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
