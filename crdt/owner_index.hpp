#pragma once

#include "crdt/entry.hpp"
#include "crdt/pointer_table.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace rollcall::crdt {

/// The own presences by owner: a list through the entries themselves, so that
/// an owner's end and the removal of one of its thousand cost what they touch.
class owner_index {
public:
  void insert(entry& presence) {
    auto* const head = first(presence.owner_);
    presence.owner_previous_ = nullptr;
    presence.owner_next_ = head;
    if (head == nullptr) {
      heads_.insert(presence);
    } else {
      head->owner_previous_ = &presence;
      heads_.replace(*head, presence);
    }
    presence.is_owned_ = true;
  }

  /// Takes it out, if it is in: one that outlived its owner is not any more.
  void erase(entry& presence) {
    if (!std::exchange(presence.is_owned_, false))
      return;
    auto* const next = presence.owner_next_;
    if (next != nullptr)
      next->owner_previous_ = presence.owner_previous_;
    if (presence.owner_previous_ != nullptr)
      presence.owner_previous_->owner_next_ = next;
    else if (next != nullptr)
      heads_.replace(presence, *next);
    else
      heads_.erase(presence);
    presence.owner_next_ = presence.owner_previous_ = nullptr;
  }

  /// The presence that `owner` got last, or null.
  [[nodiscard]] entry* first(std::uint64_t owner) const noexcept {
    return heads_.find(hash_of(owner), [&](const entry& candidate) {
      return candidate.owner_ == owner;
    });
  }

  /// The one that the same owner got before, or null.
  [[nodiscard]] static entry* next(const entry& presence) noexcept {
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
    std::uint64_t operator()(const entry& presence) const noexcept {
      return hash_of(presence.owner_);
    }
  };

  pointer_table<entry, by_owner> heads_;
};

} // namespace rollcall::crdt
