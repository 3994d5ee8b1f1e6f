#pragma once

#include "crdt/stored_entry.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace rollcall::crdt {

/// A short run of presences in order of key: the unit that a topic shares with
/// its snapshots. Whoever wants to change one that is shared copies it first.
///
/// Shape:   one allocation, eight bytes a presence, at most `capacity_max`.
/// Threads: const access anywhere; changes only while it is not shared.
class leaf {
public:
  static constexpr std::uint16_t capacity_max = 32;

  [[nodiscard]] std::size_t size() const noexcept {
    return size_;
  }

  [[nodiscard]] const entry* at(std::size_t slot) const noexcept {
    return slots()[slot];
  }

  [[nodiscard]] const entry* const* slots() const noexcept {
    return reinterpret_cast<const entry* const*>(this + 1);
  }

  /// Whether nobody else can see it.
  [[nodiscard]] bool is_unique() const noexcept {
    return references_.load(std::memory_order_acquire) == 1;
  }

private:
  friend class topic_node;
  friend void retain(const leaf* self) noexcept;
  friend void release(const leaf* self) noexcept;

  explicit leaf(std::uint16_t capacity) noexcept : capacity_{capacity} {
  }

  [[nodiscard]] static leaf* make(std::uint16_t capacity);

  /// @pre `capacity` is at least `other.size()`.
  [[nodiscard]] static leaf* copy_of(const leaf& other, std::uint16_t capacity);

  ~leaf() = default;

  [[nodiscard]] const entry** slots() noexcept {
    return reinterpret_cast<const entry**>(this + 1);
  }

  mutable std::atomic<std::uint32_t> references_{0};
  std::uint16_t size_ = 0;
  std::uint16_t capacity_;
};

void retain(const leaf* self) noexcept;
void release(const leaf* self) noexcept;

using leaf_ptr = ref_ptr<const leaf>;

} // namespace rollcall::crdt
