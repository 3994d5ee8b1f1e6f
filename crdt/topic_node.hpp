#pragma once

#include "crdt/leaf.hpp"
#include "crdt/leaf_sizes.hpp"
#include "crdt/ranges/presence_range.hpp"
#include "crdt/snapshot_content.hpp"
#include "crdt/stored_entry.hpp"
#include <rollcall/topic_page.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::crdt {

/// Where a walk over the presences that one replica wrote in a topic goes on.
/// The topic may change as it likes between two steps.
struct topic_walk {
  std::string key;
  std::uint64_t owner = 0; ///< The first under the key.
  bool is_done = false;
};

/// The visible presences of one topic, ordered by key, replica and owner: a
/// sorted list of leaves, which snapshots share.
///
/// Shape:   finding, adding and removing are logarithmic; memory is eleven
///          bytes or so a presence.
/// Threads: one at a time, but for `name()`, which never changes, and the
///          reference count.
class topic_node {
public:
  /// Where a presence stands, until the topic changes.
  struct position {
    std::size_t leaf = 0;
    std::size_t slot = 0;
  };

  explicit topic_node(std::string_view name)
      : name_hash_{hash_of(name)},
        name_{name} {
  }

  /// What a table of topics is ordered by.
  [[nodiscard]] static std::uint32_t hash_of(std::string_view name) noexcept {
    return static_cast<std::uint32_t>(std::hash<std::string_view>{}(name));
  }

  topic_node(const topic_node&) = delete;
  topic_node& operator=(const topic_node&) = delete;

  [[nodiscard]] const std::string& name() const noexcept {
    return name_;
  }

  /// Visible presences.
  [[nodiscard]] std::size_t size() const noexcept {
    return size_;
  }

  /// Distinct keys among them.
  [[nodiscard]] std::size_t keys() const noexcept {
    return keys_;
  }

  /// The presence of `owner` under `key` that `replica` wrote, or null.
  [[nodiscard]] const entry* find(std::string_view key, replica_tag replica,
                                  std::uint64_t owner) const noexcept;

  /// The first presence under `key` that `replica` wrote, or null.
  [[nodiscard]] const entry* find_first(std::string_view key,
                                        replica_tag replica) const noexcept;

  /// The presences of one key, in order.
  [[nodiscard]] std::vector<entry_ptr> get(std::string_view key) const;

  /// About `limit` presences of the keys after `after`, and at least one if
  /// there is one: the page ends with the key at which it has so many, and
  /// before a key with more than `limits::page_key_presences_max`.
  /// Logarithmic in the size, and linear in the page.
  [[nodiscard]] topic_page page(std::size_t limit,
                                std::string_view after) const;

  /// What stands in each of some ranges. One walk over the sizes of the leaves
  /// finds the places of all; then it is linear in what they hold. Of a large
  /// topic the sizes are kept from the first call on.
  /// @pre the ranges are in order.
  [[nodiscard]] std::vector<std::vector<entry_ptr>>
  windows(std::span<const presence_range> ranges) const;

  /// Takes the next step of a walk.
  /// @param looks how many presences it may look at; it is left with the rest.
  /// @returns those that `replica` wrote.
  [[nodiscard]] std::vector<const entry*>
  walk(topic_walk& at, replica_tag replica, std::size_t& looks) const;

  /// What is visible now; cheap when nothing changed since the last call.
  [[nodiscard]] snapshot take_snapshot();

  void insert(const entry& presence);

  /// @pre `presence` is in this topic.
  void erase(const entry& presence);

  /// Puts `after` in the place of `before`, which has the same key.
  void replace(const entry& before, const entry& after);

private:
  friend class presence_set;
  friend void retain(const topic_node* self) noexcept;
  friend void release(const topic_node* self) noexcept;

  ~topic_node();

  [[nodiscard]] position place_of(std::string_view key, replica_tag replica,
                                  std::uint64_t owner) const noexcept;
  [[nodiscard]] position place_of(const entry& presence) const noexcept;
  [[nodiscard]] const entry* find_at(position where, std::string_view key,
                                     replica_tag replica,
                                     std::uint64_t owner) const noexcept;
  void insert_at(position where, const entry& presence);
  void erase_at(position where);
  void replace_at(position where, const entry& after);
  [[nodiscard]] position locate(const entry& presence) const noexcept;
  [[nodiscard]] bool has_neighbour(position where, std::string_view key) const;
  [[nodiscard]] const entry* entry_before(position where) const noexcept;
  [[nodiscard]] const entry* entry_at(position where) const noexcept;
  void note_size(std::size_t index) noexcept;
  void note_new_leaf(std::size_t index) noexcept;
  void remove_leaf(std::size_t index) noexcept;
  leaf& make_unique(std::size_t index, std::size_t capacity);
  void make_room(position& where);
  void split(position& where);
  void merge_around(std::size_t index) noexcept;
  bool merge_right(std::size_t index);

  mutable std::atomic<std::uint32_t> references_{0};
  std::uint32_t size_ = 0;
  std::uint32_t keys_ = 0;
  std::uint32_t held_ = 0; ///< Entries that point here, hidden ones included.
  std::uint32_t pins_ = 0; ///< Reasons to keep the node though it is empty.
  std::uint32_t name_hash_;
  std::string name_;
  std::vector<leaf*> leaves_;
  /// Null as long as nobody needs them.
  mutable std::unique_ptr<leaf_sizes> sizes_;
  std::shared_ptr<const snapshot_content> taken_;
};

void retain(const topic_node* self) noexcept;
void release(const topic_node* self) noexcept;

/// Shares a topic node; outside its set, only for its name.
using topic_ptr = ref_ptr<const topic_node>;

} // namespace rollcall::crdt
