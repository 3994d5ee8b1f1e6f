#pragma once

#include "crdt/follow/topic_tally.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rollcall::crdt {

/// In which topics each key has presences, over all shards of a node.
///
/// It is told of one presence more or less at a time, and by several threads:
/// of a presence that came and went, the end may be told first. So a count may
/// be below 0 for a moment; when all was told, it is right.
///
/// Shape:   about 140 bytes a key, and one string a topic.
/// Threads: one at a time.
class key_directory {
public:
  /// Names whoever watches a key; given out by the user of this class.
  using watch = std::uint32_t;

  struct content {
    topic_tally topics;         ///< Their names are one for all keys.
    std::vector<watch> watches; ///< In the order that its user wants.
  };

  /// A key and what is known of it. Its address stays until it is dropped.
  using record = std::pair<const std::string, content>;

  /// Counts presences of a key in a topic, `by` more.
  /// @returns the record of the key, for `drop_if_empty`.
  record& add(std::string_view key, std::string_view topic, int by);

  /// The record of a key, made if there is none.
  record& record_of(std::string_view key);

  /// The record of a key, or null.
  [[nodiscard]] const record* find(std::string_view key) const;

  /// Forgets a key that has no presence and that nobody watches.
  void drop_if_empty(record& which);

  /// Calls `act` for each record; it may add no key and drop none.
  template <class Act>
  void for_each(Act act) const {
    for (const auto& one : keys_)
      act(one);
  }

  /// Keys with presences, and those that somebody watches.
  [[nodiscard]] std::size_t size() const noexcept {
    return keys_.size();
  }

private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  template <class T>
  using map = std::unordered_map<std::string, T, text_hash, std::equal_to<>>;

  const std::string& intern(std::string_view topic);
  void release(const std::string& topic);

  map<content> keys_;
  map<std::size_t> topics_; ///< To how many keys have it.
};

} // namespace rollcall::crdt
