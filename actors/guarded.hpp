#pragma once

#include <mutex>
#include <utility>

namespace rollcall {

/// A handle or pointer that any thread reads and replaces.
template <class T>
class guarded {
public:
  [[nodiscard]] T get() const {
    const std::lock_guard guard{mutex_};
    return value_;
  }

  /// The old one is dropped without the lock: it may be the last one.
  void set(T value) {
    const std::lock_guard guard{mutex_};
    std::swap(value_, value);
  }

  /// Leaves none. @returns what there was.
  [[nodiscard]] T take() {
    T result{};
    const std::lock_guard guard{mutex_};
    std::swap(value_, result);
    return result;
  }

  /// @returns whether there was none, and now there is this one.
  [[nodiscard]] bool fill(T value) {
    const std::lock_guard guard{mutex_};
    if (value_)
      return false;
    value_ = std::move(value);
    return true;
  }

private:
  mutable std::mutex mutex_;
  T value_;
};

} // namespace rollcall
