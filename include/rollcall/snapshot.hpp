#pragma once

#include "rollcall/entry.hpp"

#include <cstddef>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall {

namespace crdt {
class topic_node;
struct snapshot_content;
} // namespace crdt

/// How large a topic is.
struct counts {
  std::size_t presences = 0; ///< Tracked presences.
  std::size_t keys = 0;      ///< Distinct keys: people, if keys name people.
};

/// What a topic held at one moment: presences in order of key, those of one
/// key next to each other.
///
/// Shape:   a pointer to what all snapshots of that moment share; nobody pays
///          until the topic changes.
/// Threads: immutable; read it anywhere, keep it as long as you like.
class snapshot {
public:
  class iterator;

  /// Of a topic that nobody is in.
  snapshot() = default;

  /// How many presences.
  [[nodiscard]] std::size_t size() const noexcept {
    return content_ ? content_->presences : 0;
  }

  /// How many distinct keys.
  [[nodiscard]] std::size_t keys() const noexcept {
    return content_ ? content_->keys : 0;
  }

  /// Whether nobody is there.
  [[nodiscard]] bool empty() const noexcept {
    return size() == 0;
  }

  /// All presences, by key.
  ///@{
  [[nodiscard]] iterator begin() const noexcept;
  [[nodiscard]] iterator end() const noexcept;
  ///@}

  /// The presences of one key; logarithmic in the size.
  [[nodiscard]] std::vector<entry_ptr> get(std::string_view key) const;

  /// Whether both are the very same moment of the same topic.
  [[nodiscard]] bool is_same(const snapshot& other) const noexcept {
    return content_ == other.content_;
  }

private:
  friend class crdt::topic_node;

  /// @param content a `crdt::snapshot_content`.
  explicit snapshot(std::shared_ptr<const counts> content) noexcept
      : content_{std::move(content)} {
  }

  std::shared_ptr<const counts> content_;
};

/// Walks a snapshot in order; valid while the snapshot lives.
class snapshot::iterator {
public:
  /// As of any forward iterator.
  ///@{
  using iterator_category = std::forward_iterator_tag;
  using value_type = entry;
  using difference_type = std::ptrdiff_t;
  using pointer = const entry*;
  using reference = const entry&;
  ///@}

  /// The end of any snapshot.
  iterator() = default;

  /// As of any forward iterator.
  ///@{
  reference operator*() const noexcept {
    return **at_;
  }

  pointer operator->() const noexcept {
    return *at_;
  }

  iterator& operator++() noexcept {
    if (++at_ == run_end_)
      enter_next_run();
    return *this;
  }

  iterator operator++(int) noexcept {
    auto old = *this;
    ++*this;
    return old;
  }

  friend bool operator==(const iterator& a, const iterator& b) noexcept {
    return a.at_ == b.at_;
  }
  ///@}

private:
  friend class snapshot;

  explicit iterator(const crdt::snapshot_content& content) noexcept
      : content_{&content} {
    enter_next_run();
  }

  /// The presences stand in runs of a few dozen.
  void enter_next_run() noexcept;

  const crdt::snapshot_content* content_ = nullptr;
  std::size_t next_run_ = 0;
  const entry* const* at_ = nullptr;
  const entry* const* run_end_ = nullptr;
};

inline snapshot::iterator snapshot::end() const noexcept {
  return {};
}

} // namespace rollcall
