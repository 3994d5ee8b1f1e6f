#pragma once

#include "crdt/entry.hpp"
#include "crdt/leaf.hpp"

#include <cstddef>
#include <iterator>
#include <memory>
#include <string_view>
#include <vector>

namespace rollcall::crdt {

/// What a topic held at one moment: presences in order of key, those of one
/// key next to each other.
///
/// Shape:   a list of shared leaves; making one copies a pointer a leaf, and
///          nobody pays until the topic changes.
/// Threads: immutable; read it anywhere, keep it as long as you like.
class snapshot {
public:
  struct content {
    std::vector<leaf_ptr> leaves;
    std::size_t presences = 0;
    std::size_t keys = 0;
  };

  class iterator;

  snapshot() = default;

  explicit snapshot(std::shared_ptr<const content> what) noexcept
      : content_{std::move(what)} {
  }

  /// How many presences.
  [[nodiscard]] std::size_t size() const noexcept {
    return content_ ? content_->presences : 0;
  }

  /// How many distinct keys.
  [[nodiscard]] std::size_t keys() const noexcept {
    return content_ ? content_->keys : 0;
  }

  [[nodiscard]] bool empty() const noexcept {
    return size() == 0;
  }

  [[nodiscard]] iterator begin() const noexcept;
  [[nodiscard]] iterator end() const noexcept;

  /// The presences of one key; logarithmic in the size.
  [[nodiscard]] std::vector<entry_ptr> get(std::string_view key) const;

  /// Whether both are the very same moment of the same topic.
  [[nodiscard]] bool is_same(const snapshot& other) const noexcept {
    return content_ == other.content_;
  }

private:
  std::shared_ptr<const content> content_;
};

/// Walks a snapshot in order; valid while the snapshot lives.
class snapshot::iterator {
public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = entry;
  using difference_type = std::ptrdiff_t;
  using pointer = const entry*;
  using reference = const entry&;

  iterator() = default;
  iterator(const content* where, std::size_t leaf_index) noexcept
      : content_{where},
        leaf_{leaf_index} {
  }

  reference operator*() const noexcept {
    return *content_->leaves[leaf_]->at(slot_);
  }

  pointer operator->() const noexcept {
    return &**this;
  }

  iterator& operator++() noexcept {
    if (++slot_ == content_->leaves[leaf_]->size()) {
      ++leaf_;
      slot_ = 0;
    }
    return *this;
  }

  iterator operator++(int) noexcept {
    auto old = *this;
    ++*this;
    return old;
  }

  friend bool operator==(const iterator&, const iterator&) = default;

private:
  const content* content_ = nullptr;
  std::size_t leaf_ = 0;
  std::size_t slot_ = 0;
};

inline snapshot::iterator snapshot::begin() const noexcept {
  return {content_.get(), 0};
}

inline snapshot::iterator snapshot::end() const noexcept {
  return {content_.get(), content_ ? content_->leaves.size() : 0};
}

} // namespace rollcall::crdt
