#pragma once

#include "crdt/leaf.hpp"

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace rollcall::crdt {

/// How many presences each leaf of a large topic has, side by side, for who
/// looks for the presence at a place: the leaves themselves are all over the
/// memory.
///
/// Shape:   one byte a leaf; finding a place in a million takes some
///          microseconds.
/// Threads: one at a time.
class leaf_sizes {
public:
  /// The leaf in which a place is, and how many presences stand before it.
  struct place {
    std::size_t leaf = 0;
    std::size_t before = 0;
  };

  explicit leaf_sizes(std::span<leaf* const> leaves) {
    sizes_.reserve(leaves.size());
    for (const auto* one : leaves)
      sizes_.push_back(static_cast<std::uint8_t>(one->size()));
  }

  void set(std::size_t index, std::size_t size) noexcept {
    sizes_[index] = static_cast<std::uint8_t>(size);
  }
  void insert(std::size_t index, std::size_t size) {
    sizes_.insert(at(index), static_cast<std::uint8_t>(size));
  }
  void erase(std::size_t index) noexcept {
    sizes_.erase(at(index));
  }

  /// Goes on from one place to a later one; past the last leaf if there are not
  /// so many presences.
  [[nodiscard]] place find(std::size_t wanted, place from) const noexcept {
    while (from.leaf + block <= sizes_.size()) {
      const auto* first = sizes_.data() + from.leaf;
      const auto sum = std::accumulate(first, first + block, std::size_t{0});
      if (from.before + sum > wanted)
        break;
      from = {from.leaf + block, from.before + sum};
    }
    while (from.leaf < sizes_.size()
           && from.before + sizes_[from.leaf] <= wanted)
      from.before += sizes_[from.leaf++];
    return from;
  }

private:
  static constexpr std::size_t block = 64; ///< Summed at once.
  static_assert(leaf::capacity_max <= 255);

  std::vector<std::uint8_t>::iterator at(std::size_t index) noexcept {
    return sizes_.begin() + static_cast<std::ptrdiff_t>(index);
  }

  std::vector<std::uint8_t> sizes_;
};

} // namespace rollcall::crdt
