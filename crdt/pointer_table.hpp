#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

namespace rollcall::crdt {

/// A hash table of objects that carry their own keys. `Hash` is called with an
/// object and gives a `std::uint64_t`, of which the low bits count.
///
/// Shape:   one array of pointers, a third to three quarters full, so eleven
///          to twenty-four bytes an object; it shrinks as well as it grows.
/// Threads: one at a time. Does not own the objects.
/// Source:  linear probing with backward shift (Knuth, volume 3, 6.4,
///          algorithm R), so that nothing is left of what was erased.
template <class T, class Hash>
class pointer_table {
public:
  /// @returns the object with this hash that `matches`, or null.
  template <class Matches>
  [[nodiscard]] T* find(std::uint64_t hash, Matches matches) const {
    auto* const* slot = slot_of(hash, matches);
    return slot == nullptr ? nullptr : *slot;
  }

  /// @pre no object with the key is in the table.
  void insert(T& object) {
    make_room();
    place(object);
    ++size_;
  }

  /// Puts `object` in, in the place of the one that `matches`, if there is one.
  /// @returns that one, or null.
  template <class Matches>
  T* put(T& object, Matches matches) {
    make_room();
    auto at = Hash{}(object)&mask();
    for (; slots_[at] != nullptr; at = after(at))
      if (matches(*slots_[at]))
        return std::exchange(slots_[at], &object);
    slots_[at] = &object;
    ++size_;
    return nullptr;
  }

  /// Puts one object in the place of another with the same key.
  /// @pre `before` is in the table.
  void replace(const T& before, T& after) {
    *slot_of(before) = &after;
  }

  /// @pre `object` is in the table.
  void erase(const T& object) {
    auto hole = static_cast<std::size_t>(slot_of(object) - slots_.data());
    for (auto next = after(hole); slots_[next] != nullptr; next = after(next)) {
      // One that would be found from the hole on may move there.
      const auto home = Hash{}(*slots_[next]) & mask();
      if (((next - home) & mask()) >= ((next - hole) & mask())) {
        slots_[hole] = slots_[next];
        hole = next;
      }
    }
    slots_[hole] = nullptr;
    --size_;
    if (slots_.size() > 8 && size_ * 6 < slots_.size())
      shrink();
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return size_;
  }

  /// Calls `visit(object)` for all, in no order. The table must not change
  /// meanwhile.
  template <class Visit>
  void for_each(Visit visit) const {
    for (auto* object : slots_)
      if (object != nullptr)
        visit(*object);
  }

private:
  [[nodiscard]] std::size_t mask() const noexcept {
    return slots_.size() - 1;
  }

  [[nodiscard]] std::size_t after(std::size_t position) const noexcept {
    return (position + 1) & mask();
  }

  template <class Matches>
  [[nodiscard]] T* const* slot_of(std::uint64_t hash, Matches matches) const {
    if (slots_.empty())
      return nullptr;
    auto at = hash & mask();
    for (; slots_[at] != nullptr; at = after(at))
      if (matches(*slots_[at]))
        return &slots_[at];
    return nullptr;
  }

  [[nodiscard]] T** slot_of(const T& object) {
    auto at = Hash{}(object)&mask();
    while (slots_[at] != &object)
      at = after(at);
    return &slots_[at];
  }

  void place(T& object) {
    auto at = Hash{}(object)&mask();
    while (slots_[at] != nullptr)
      at = after(at);
    slots_[at] = &object;
  }

  void make_room() {
    if ((size_ + 1) * 4 > slots_.size() * 3)
      resize(size_ < 4 ? 8 : slots_.size() * 2);
  }

  /// Without memory to move into the table stays as large as it is.
  void shrink() noexcept {
    try {
      resize(slots_.size() / 2);
    } catch (const std::bad_alloc&) {
      // It serves as well.
    }
  }

  void resize(std::size_t count) {
    const auto old = std::exchange(slots_, std::vector<T*>(count));
    for (auto* object : old)
      if (object != nullptr)
        place(*object);
  }

  std::vector<T*> slots_; ///< As many as a power of two, or none.
  std::size_t size_ = 0;
};

} // namespace rollcall::crdt
