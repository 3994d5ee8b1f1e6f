#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace rollcall::crdt {

class stored_entry;

/// The live presences of one replica by seq, ascending.
///
/// Shape:   pages of 64 seqs that hold what is alive and no more, nine bytes a
///          presence when writes are dense. Nothing grows with history: a page
///          without a live presence is given back.
/// Threads: one at a time.
class dot_index {
public:
  /// @returns the presence with this seq, or null.
  [[nodiscard]] stored_entry* find(std::uint64_t seq) const noexcept;

  /// @pre no presence has this seq.
  void insert(std::uint64_t seq, stored_entry& presence);

  /// @returns what was there, or null.
  stored_entry* erase(std::uint64_t seq) noexcept;

  [[nodiscard]] std::size_t size() const noexcept {
    return size_;
  }

  /// Calls `visit(seq, entry)` for from < seq <= to in ascending order, until
  /// it answers false. The index must not change meanwhile.
  template <class Visit>
  void for_each(std::uint64_t from, std::uint64_t to, Visit visit) const;

private:
  struct page {
    std::uint64_t number = 0; ///< seq / 64.
    std::uint64_t bits = 0;   ///< Which of its 64 seqs are alive.
    std::unique_ptr<stored_entry*[]> slots;
    std::uint8_t capacity = 0;

    [[nodiscard]] unsigned rank(std::uint64_t seq) const noexcept {
      const auto below = (std::uint64_t{1} << (seq & 63)) - 1;
      return static_cast<unsigned>(std::popcount(bits & below));
    }

    [[nodiscard]] bool contains(std::uint64_t seq) const noexcept {
      return (bits >> (seq & 63) & 1) != 0;
    }

    [[nodiscard]] unsigned count() const noexcept {
      return static_cast<unsigned>(std::popcount(bits));
    }
  };

  [[nodiscard]] std::size_t page_position(std::uint64_t number) const noexcept;
  page& page_for(std::uint64_t seq);
  void resize(page& which, unsigned capacity);
  static void shrink(page& which) noexcept;
  void drop_empty_pages();

  std::vector<page> pages_; ///< In order of number; some may be empty.
  std::size_t empty_pages_ = 0;
  std::size_t size_ = 0;
};

template <class Visit>
void dot_index::for_each(std::uint64_t from, std::uint64_t to,
                         Visit visit) const {
  if (from >= to)
    return;
  for (auto i = page_position((from + 1) >> 6); i < pages_.size(); ++i) {
    const auto& here = pages_[i];
    unsigned slot = 0;
    for (auto bits = here.bits; bits != 0; bits &= bits - 1, ++slot) {
      const auto seq = here.number << 6
                       | static_cast<std::uint64_t>(std::countr_zero(bits));
      if (seq > to)
        return;
      if (seq > from && !visit(seq, *here.slots[slot]))
        return;
    }
  }
}

} // namespace rollcall::crdt
