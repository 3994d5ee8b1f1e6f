#include "crdt/topic_node.hpp"

#include <algorithm>
#include <cassert>
#include <compare>
#include <cstring>
#include <new>
#include <utility>

namespace rollcall::crdt {

namespace {

/// The order of presences in a topic.
std::strong_ordering compare(const entry& presence, std::string_view key,
                             replica_tag replica,
                             std::uint64_t owner) noexcept {
  if (const auto order = presence.key() <=> key; order != 0)
    return order;
  if (const auto order = presence.dot().replica <=> replica; order != 0)
    return order;
  return presence.owner() <=> owner;
}

bool is_before(const entry& a, const entry& b) noexcept {
  return compare(a, b.key(), b.dot().replica, b.owner()) < 0;
}

} // namespace

topic_node::~topic_node() {
  for (auto* member : leaves_)
    release(member);
}

const entry* topic_node::entry_at(position where) const noexcept {
  if (where.leaf >= leaves_.size() || where.slot >= leaves_[where.leaf]->size())
    return nullptr;
  return leaves_[where.leaf]->at(where.slot);
}

const entry* topic_node::entry_before(position where) const noexcept {
  if (where.slot > 0)
    return leaves_[where.leaf]->at(where.slot - 1);
  if (where.leaf == 0 || leaves_.empty())
    return nullptr;
  const auto* previous = leaves_[where.leaf - 1];
  return previous->at(previous->size() - 1);
}

/// Where a presence of this identity is, or would be: past the end of the last
/// leaf, but never of another one.
topic_node::position topic_node::place_of(std::string_view key,
                                          replica_tag replica,
                                          std::uint64_t owner) const noexcept {
  const auto is_less = [&](const entry* candidate) {
    return compare(*candidate, key, replica, owner) < 0;
  };
  const auto in = std::partition_point(
      leaves_.begin(), leaves_.end(), [&](const leaf* candidate) {
        return is_less(candidate->at(candidate->size() - 1));
      });
  if (in == leaves_.end())
    return leaves_.empty()
               ? position{0, 0}
               : position{leaves_.size() - 1, leaves_.back()->size()};
  const auto* first = (*in)->slots();
  const auto* slot
      = std::partition_point(first, first + (*in)->size(), is_less);
  return {static_cast<std::size_t>(in - leaves_.begin()),
          static_cast<std::size_t>(slot - first)};
}

topic_node::position
topic_node::place_of(const entry& presence) const noexcept {
  return place_of(presence.key(), presence.dot().replica, presence.owner());
}

void topic_node::insert(const entry& presence) {
  insert_at(place_of(presence), presence);
}

void topic_node::insert_at(position where, const entry& presence) {
  taken_.reset();
  const bool is_new_key = !has_neighbour(where, presence.key());
  make_room(where);
  auto& target = *leaves_[where.leaf];
  auto* slot = target.slots() + where.slot;
  std::memmove(slot + 1, slot,
               (target.size_ - where.slot) * sizeof(const entry*));
  *slot = &presence;
  retain(&presence);
  ++target.size_;
  note_size(where.leaf);
  ++size_;
  if (is_new_key)
    ++keys_;
}

/// Whether a presence next to the gap at `where` has the key.
bool topic_node::has_neighbour(position where, std::string_view key) const {
  const auto* after = entry_at(where);
  const auto* before = entry_before(where);
  return (after != nullptr && after->key() == key)
         || (before != nullptr && before->key() == key);
}

/// A peer may have sent two presences of one identity, so the order finds the
/// first and the pointer decides.
topic_node::position topic_node::locate(const entry& presence) const noexcept {
  auto where = place_of(presence);
  while (entry_at(where) != &presence) {
    assert(entry_at(where) != nullptr);
    if (++where.slot == leaves_[where.leaf]->size())
      where = {where.leaf + 1, 0};
  }
  return where;
}

void topic_node::erase(const entry& presence) {
  erase_at(locate(presence));
}

void topic_node::erase_at(position where) {
  taken_.reset();
  const auto& presence = *entry_at(where);
  auto& target = make_unique(where.leaf, leaves_[where.leaf]->size());
  auto* slot = target.slots() + where.slot;
  std::memmove(slot, slot + 1,
               (target.size_ - where.slot - 1u) * sizeof(const entry*));
  --target.size_;
  --size_;
  if (target.size_ == 0)
    remove_leaf(where.leaf);
  else
    note_size(where.leaf);
  auto gap = where;
  if (gap.leaf < leaves_.size() && gap.slot == leaves_[gap.leaf]->size()
      && gap.leaf + 1 < leaves_.size())
    gap = {gap.leaf + 1, 0};
  if (!has_neighbour(gap, presence.key()))
    --keys_;
  merge_around(where.leaf);
  release(&presence);
}

void topic_node::replace(const entry& before, const entry& after) {
  if (is_before(before, after) || is_before(after, before)) {
    insert(after); // first, so that the key is never gone
    erase(before);
    return;
  }
  replace_at(locate(before), after);
}

/// Puts `after` in the place of one of the same key, replica and owner.
void topic_node::replace_at(position where, const entry& after) {
  taken_.reset();
  auto& target = make_unique(where.leaf, leaves_[where.leaf]->size());
  const auto* before = std::exchange(target.slots()[where.slot], &after);
  retain(&after);
  release(before);
}

void topic_node::note_size(std::size_t index) noexcept {
  if (sizes_)
    sizes_->set(index, leaves_[index]->size());
}

/// Without memory for it they are counted again when somebody asks.
void topic_node::note_new_leaf(std::size_t index) noexcept {
  if (!sizes_)
    return;
  try {
    sizes_->insert(index, leaves_[index]->size());
  } catch (const std::bad_alloc&) {
    sizes_.reset();
  }
}

void topic_node::remove_leaf(std::size_t index) noexcept {
  release(leaves_[index]);
  leaves_.erase(leaves_.begin() + static_cast<std::ptrdiff_t>(index));
  if (sizes_)
    sizes_->erase(index);
}

/// The leaf at `index`, unshared and with room for `capacity`.
leaf& topic_node::make_unique(std::size_t index, std::size_t capacity) {
  auto* current = leaves_[index];
  const bool is_unique = current->is_unique();
  if (is_unique && capacity <= current->capacity_)
    return *current;
  auto room = std::max<std::uint16_t>(current->capacity_, 4);
  while (room < capacity)
    room = static_cast<std::uint16_t>(room * 2);
  if (is_unique) {
    auto* larger = leaf::make(room);
    std::memcpy(larger->slots(), current->slots(),
                current->size_ * sizeof(const entry*));
    larger->size_ = std::exchange(current->size_, std::uint16_t{0});
    leaves_[index] = larger;
  } else {
    leaves_[index] = leaf::copy_of(*current, room);
  }
  retain(leaves_[index]);
  release(current);
  return *leaves_[index];
}

/// Makes sure that one more entry fits at `where`, which may move.
void topic_node::make_room(position& where) {
  if (leaves_.empty()) {
    leaves_.reserve(1);
    leaves_.push_back(leaf::make(2));
    retain(leaves_.back());
    note_new_leaf(0);
    return;
  }
  if (leaves_[where.leaf]->size() == leaf::capacity_max)
    split(where);
  make_unique(where.leaf, leaves_[where.leaf]->size() + 1);
}

/// Halves a full leaf; at the end of the topic it starts a new one instead,
/// so that keys which arrive in order leave full leaves behind.
void topic_node::split(position& where) {
  const bool is_append
      = where.leaf + 1 == leaves_.size() && where.slot == leaf::capacity_max;
  const std::uint16_t kept
      = is_append ? leaf::capacity_max : leaf::capacity_max / 2;
  // Whatever fails for lack of memory does so before something has changed.
  auto& left = make_unique(where.leaf, leaf::capacity_max);
  ref_ptr<leaf> fresh{leaf::make(leaf::capacity_max / 2)};
  leaves_.insert(leaves_.begin() + static_cast<std::ptrdiff_t>(where.leaf) + 1,
                 fresh.get());
  auto* const right = fresh.detach();
  right->size_ = static_cast<std::uint16_t>(left.size_ - kept);
  std::memcpy(right->slots(), left.slots() + kept,
              right->size_ * sizeof(const entry*));
  left.size_ = kept;
  note_size(where.leaf);
  note_new_leaf(where.leaf + 1);
  if (is_append || where.slot > kept)
    where = {where.leaf + 1, where.slot - kept};
}

/// Joins the leaf at `index` with a neighbour when both are small, so that a
/// topic that shrank does not keep a leaf for each presence.
void topic_node::merge_around(std::size_t index) noexcept {
  try {
    if (!merge_right(index) && index > 0)
      merge_right(index - 1);
  } catch (const std::bad_alloc&) {
    // Two small leaves are as right as one.
  }
}

bool topic_node::merge_right(std::size_t index) {
  if (index + 1 >= leaves_.size())
    return false;
  const auto* right = leaves_[index + 1];
  const auto total = leaves_[index]->size() + right->size();
  if (total > leaf::capacity_max / 2)
    return false;
  auto& left = make_unique(index, total);
  for (std::size_t i = 0; i < right->size(); ++i) {
    retain(right->at(i));
    left.slots()[left.size_++] = right->at(i);
  }
  note_size(index);
  remove_leaf(index + 1);
  return true;
}

void retain(const topic_node* self) noexcept {
  self->references_.fetch_add(1, std::memory_order_relaxed);
}

void release(const topic_node* self) noexcept {
  if (self->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete self;
}

} // namespace rollcall::crdt
