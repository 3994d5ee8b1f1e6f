#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace rollcall::crdt {

/// Values that are named by small numbers. The number of a value that was
/// erased is given out again.
///
/// Shape:   one vector; a number is four bytes where a pointer is eight.
/// Threads: one at a time.
template <class T>
class slot_table {
public:
  using number = std::uint32_t;

  number add(T value) {
    if (free_.empty()) {
      slots_.push_back(std::move(value));
      return static_cast<number>(slots_.size() - 1);
    }
    const auto result = free_.back();
    slots_[result] = std::move(value);
    free_.pop_back();
    return result;
  }

  /// @pre there is a value of this number.
  void erase(number which) {
    free_.push_back(which);
    slots_[which] = T{};
  }

  [[nodiscard]] T& operator[](number which) noexcept {
    return slots_[which];
  }
  [[nodiscard]] const T& operator[](number which) const noexcept {
    return slots_[which];
  }

private:
  std::vector<T> slots_;
  std::vector<number> free_;
};

} // namespace rollcall::crdt
