// The part of `topic_node` that reads.
#include "crdt/topic_node.hpp"
#include "rollcall/limits.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::crdt {

namespace {

/// The least of all keys after one.
std::string least_after(std::string_view key) {
  std::string result{key};
  return result += '\0';
}

/// Ends a page before its last key, of which `first` is the first presence.
void drop_last_key(topic_page& page, std::size_t first) {
  page.next = page.presences[first == 0 ? 0 : first - 1]->key();
  page.presences.resize(first);
}

} // namespace

const entry* topic_node::find(std::string_view key, replica_tag replica,
                              std::uint64_t owner) const noexcept {
  return find_at(place_of(key, replica, owner), key, replica, owner);
}

/// The presence of this identity, or null. @pre `where` is its `place_of`.
const entry* topic_node::find_at(position where, std::string_view key,
                                 replica_tag replica,
                                 std::uint64_t owner) const noexcept {
  const auto* found = entry_at(where);
  return found != nullptr && found->key() == key
                 && found->dot().replica == replica && found->owner() == owner
             ? found
             : nullptr;
}

const entry* topic_node::find_first(std::string_view key,
                                    replica_tag replica) const noexcept {
  const auto* found = entry_at(place_of(key, replica, 0));
  return found != nullptr && found->key() == key
                 && found->dot().replica == replica
             ? found
             : nullptr;
}

std::vector<entry_ptr> topic_node::get(std::string_view key) const {
  std::vector<entry_ptr> result;
  auto where = place_of(key, {}, 0);
  for (; where.leaf < leaves_.size(); ++where.leaf, where.slot = 0)
    for (; where.slot < leaves_[where.leaf]->size(); ++where.slot) {
      const auto* candidate = leaves_[where.leaf]->at(where.slot);
      if (candidate->key() != key)
        return result;
      result.emplace_back(candidate);
    }
  return result;
}

topic_page topic_node::page(std::size_t limit, std::string_view after) const {
  topic_page result;
  result.now = {size_, keys_};
  auto& found = result.presences;
  std::size_t first = 0; // Of the last key.
  auto where = place_of(least_after(after), {}, 0);
  for (; where.leaf < leaves_.size(); ++where.leaf, where.slot = 0)
    for (; where.slot < leaves_[where.leaf]->size(); ++where.slot) {
      const auto* candidate = leaves_[where.leaf]->at(where.slot);
      if (found.empty() || found.back()->key() != candidate->key()) {
        if (!found.empty() && found.size() >= limit) {
          result.next = found.back()->key();
          return result;
        }
        first = found.size();
      } else if (found.size() - first == limits::page_key_presences_max) {
        drop_last_key(result, first);
        return result;
      }
      found.emplace_back(candidate);
    }
  return result;
}

std::vector<std::vector<entry_ptr>>
topic_node::windows(std::span<const presence_range> ranges) const {
  constexpr std::size_t leaves_of_a_large_topic = 64;
  std::vector<std::vector<entry_ptr>> result;
  result.reserve(ranges.size());
  if (!sizes_ && leaves_.size() >= leaves_of_a_large_topic)
    sizes_ = std::make_unique<leaf_sizes>(leaves_);
  const auto& sizes = sizes_ ? *sizes_ : leaf_sizes{leaves_};
  leaf_sizes::place place;
  for (const auto& range : ranges) {
    place = sizes.find(range.first, place);
    auto& window = result.emplace_back();
    window.reserve(std::min(range.count,
                            size_ - std::min<std::size_t>(range.first, size_)));
    auto slot = range.first - place.before;
    for (auto at = place.leaf;
         at < leaves_.size() && window.size() < range.count; ++at, slot = 0)
      for (; slot < leaves_[at]->size() && window.size() < range.count; ++slot)
        window.emplace_back(leaves_[at]->at(slot));
  }
  return result;
}

/// The replica may get another name between two steps, so the place is one
/// under any name: never behind presences of the key that it wrote.
std::vector<const entry*> topic_node::walk(topic_walk& at, replica_tag replica,
                                           std::size_t& looks) const {
  std::vector<const entry*> result;
  const entry* last = nullptr;
  auto where = place_of(at.key, replica, at.owner);
  for (const auto* next = entry_at(where); next != nullptr && looks > 0;
       next = entry_at(where), --looks) {
    if (next->dot().replica == replica)
      result.push_back(next);
    last = next;
    if (++where.slot == leaves_[where.leaf]->size())
      where = {where.leaf + 1, 0};
  }
  at.is_done = entry_at(where) == nullptr;
  if (last == nullptr)
    return result;
  at.key = last->key();
  at.owner = last->dot().replica == replica ? last->owner() + 1 : 0;
  if (last->dot().replica > replica)
    at.key = least_after(at.key); // Here it wrote nothing more.
  return result;
}

snapshot topic_node::take_snapshot() {
  if (!taken_) {
    auto content = std::make_shared<snapshot_content>();
    content->leaves.reserve(leaves_.size());
    for (const auto* member : leaves_)
      content->leaves.emplace_back(member);
    content->presences = size_;
    content->keys = keys_;
    taken_ = std::move(content);
  }
  return snapshot{taken_};
}

} // namespace rollcall::crdt
