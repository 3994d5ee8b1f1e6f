#include "crdt/dot_index.hpp"

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

namespace rollcall::crdt {

/// Position of the first page whose number is not less.
std::size_t dot_index::page_position(std::uint64_t number) const noexcept {
  // The newest pages are where most calls go.
  if (pages_.empty() || pages_.back().number < number)
    return pages_.size();
  if (pages_.back().number == number)
    return pages_.size() - 1;
  const auto found = std::partition_point(
      pages_.begin(), pages_.end(),
      [&](const page& candidate) { return candidate.number < number; });
  return static_cast<std::size_t>(found - pages_.begin());
}

stored_entry* dot_index::find(std::uint64_t seq) const noexcept {
  const auto position = page_position(seq >> 6);
  if (position == pages_.size())
    return nullptr;
  const auto& where = pages_[position];
  return where.number == seq >> 6 && where.contains(seq)
             ? where.slots[where.rank(seq)]
             : nullptr;
}

dot_index::page& dot_index::page_for(std::uint64_t seq) {
  const auto number = seq >> 6;
  const auto position = page_position(number);
  if (position < pages_.size() && pages_[position].number == number) {
    if (pages_[position].bits == 0)
      --empty_pages_;
    return pages_[position];
  }
  const auto where = pages_.begin() + static_cast<std::ptrdiff_t>(position);
  auto& fresh = *pages_.insert(where, page{});
  fresh.number = number;
  return fresh;
}

void dot_index::insert(std::uint64_t seq, stored_entry& presence) {
  auto& where = page_for(seq);
  assert(!where.contains(seq));
  const auto count = where.count();
  if (count == where.capacity)
    resize(where, std::max(1u, count * 2));
  const auto rank = where.rank(seq);
  auto* slot = where.slots.get() + rank;
  std::move_backward(slot, where.slots.get() + count,
                     where.slots.get() + count + 1);
  *slot = &presence;
  where.bits |= std::uint64_t{1} << (seq & 63);
  ++size_;
}

stored_entry* dot_index::erase(std::uint64_t seq) noexcept {
  const auto position = page_position(seq >> 6);
  if (position == pages_.size() || pages_[position].number != seq >> 6
      || !pages_[position].contains(seq))
    return nullptr;
  auto& where = pages_[position];
  auto* slot = where.slots.get() + where.rank(seq);
  auto* const found = *slot;
  std::move(slot + 1, where.slots.get() + where.count(), slot);
  where.bits &= ~(std::uint64_t{1} << (seq & 63));
  --size_;
  if (where.bits == 0) {
    where.slots.reset();
    where.capacity = 0;
    ++empty_pages_;
    drop_empty_pages();
  } else if (where.count() * 4 <= where.capacity) {
    shrink(where);
  }
  return found;
}

void dot_index::resize(page& which, unsigned capacity) {
  auto slots = std::make_unique_for_overwrite<stored_entry*[]>(capacity);
  std::copy_n(which.slots.get(), which.count(), slots.get());
  which.slots = std::move(slots);
  which.capacity = static_cast<std::uint8_t>(capacity);
}

/// Gives half of the room back, unless there is no memory to move into.
void dot_index::shrink(page& which) noexcept {
  const auto capacity = which.capacity / 2u;
  std::unique_ptr<stored_entry* []> slots {
    new (std::nothrow) stored_entry*[capacity]
  };
  if (!slots)
    return;
  std::copy_n(which.slots.get(), which.count(), slots.get());
  which.slots = std::move(slots);
  which.capacity = static_cast<std::uint8_t>(capacity);
}

/// Empty pages go in one sweep when they are the half, so that one costs
/// little, wherever it was.
void dot_index::drop_empty_pages() {
  if (empty_pages_ * 2 <= pages_.size() && size_ != 0)
    return;
  std::erase_if(pages_, [](const page& which) { return which.bits == 0; });
  empty_pages_ = 0;
  if (pages_.capacity() > 64 && pages_.size() * 4 < pages_.capacity())
    pages_.shrink_to_fit();
}

} // namespace rollcall::crdt
