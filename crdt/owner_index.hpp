#pragma once

#include "crdt/pointer_table.hpp"
#include "crdt/stored_entry.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace rollcall::crdt {

/// The own presences by owner: a list through the entries themselves, so that
/// an owner's end and the removal of one of its thousand cost what they touch.
class owner_index {
public:
  void insert(stored_entry& presence) {
    auto* const head = heads_.put(presence, [&](const stored_entry& candidate) {
      return candidate.owner() == presence.owner();
    });
    presence.owner_previous_ = &presence;
    presence.owner_next_ = head;
    if (head != nullptr)
      head->owner_previous_ = &presence;
  }

  /// Takes it out, if it is in: one that outlived its owner is not any more.
  void erase(stored_entry& presence) {
    auto* const previous = std::exchange(presence.owner_previous_, nullptr);
    auto* const next = std::exchange(presence.owner_next_, nullptr);
    if (previous == nullptr)
      return;
    const bool is_head = previous == &presence;
    if (next != nullptr)
      next->owner_previous_ = is_head ? next : previous;
    if (!is_head)
      previous->owner_next_ = next;
    else if (next != nullptr)
      heads_.replace(presence, *next);
    else
      heads_.erase(presence);
  }

  /// Whether an index has it.
  [[nodiscard]] static bool contains(const stored_entry& presence) noexcept {
    return presence.owner_previous_ != nullptr;
  }

  /// Whether it is the only one of its owner. @pre an index has it.
  [[nodiscard]] static bool is_alone(const stored_entry& presence) noexcept {
    return presence.owner_previous_ == &presence
           && presence.owner_next_ == nullptr;
  }

  /// The presence that `owner` got last, or null.
  [[nodiscard]] stored_entry* first(std::uint64_t owner) const noexcept {
    return heads_.find(hash_of(owner), [&](const stored_entry& candidate) {
      return candidate.owner() == owner;
    });
  }

  /// The one that the same owner got before, or null.
  [[nodiscard]] static stored_entry*
  next(const stored_entry& presence) noexcept {
    return presence.owner_next_;
  }

  /// How many owners have presences.
  [[nodiscard]] std::size_t size() const noexcept {
    return heads_.size();
  }

private:
  /// Owners are often numbered in steps of a power of two.
  static std::uint64_t hash_of(std::uint64_t owner) noexcept {
    return (owner * 0x9e3779b97f4a7c15ull) >> 24;
  }

  struct by_owner {
    std::uint64_t operator()(const stored_entry& presence) const noexcept {
      return hash_of(presence.owner());
    }
  };

  pointer_table<stored_entry, by_owner> heads_;
};

} // namespace rollcall::crdt
