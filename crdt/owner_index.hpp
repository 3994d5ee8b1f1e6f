#pragma once

#include "crdt/entry.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace rollcall::crdt {

/// The own presences by owner: a list through the entries themselves, so that
/// an owner's end and the removal of one of its thousand cost what they touch.
class owner_index {
public:
  void insert(entry& presence) {
    auto& head = heads_[presence.owner_];
    presence.owner_previous_ = nullptr;
    presence.owner_next_ = head;
    if (head != nullptr)
      head->owner_previous_ = &presence;
    head = &presence;
  }

  void erase(entry& presence) {
    if (presence.owner_next_ != nullptr)
      presence.owner_next_->owner_previous_ = presence.owner_previous_;
    if (presence.owner_previous_ != nullptr)
      presence.owner_previous_->owner_next_ = presence.owner_next_;
    else if (presence.owner_next_ != nullptr)
      heads_[presence.owner_] = presence.owner_next_;
    else
      heads_.erase(presence.owner_);
    presence.owner_next_ = presence.owner_previous_ = nullptr;
  }

  /// The presence that `owner` got last, or null.
  [[nodiscard]] entry* first(std::uint64_t owner) const noexcept {
    const auto found = heads_.find(owner);
    return found == heads_.end() ? nullptr : found->second;
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
  std::unordered_map<std::uint64_t, entry*> heads_;
};

} // namespace rollcall::crdt
