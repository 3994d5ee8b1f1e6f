#include "crdt/net_changes.hpp"

#include "crdt/dot.hpp"

#include <algorithm>
#include <unordered_map>

namespace rollcall::crdt {

namespace {

/// Above this many, looking a version up by hand would be quadratic.
constexpr std::size_t linear_max = 16;

/// One version of a presence that the run names.
struct version {
  entry_ptr entry; ///< The latest one.
  bool was_there;
  bool is_there;
};

/// The versions of a run, in the order of their first change.
///
/// By dot and not by entry: a node that was forgotten and heard of again within
/// the run comes back with the same writes in new entries.
class version_list {
public:
  explicit version_list(std::size_t changes)
      : is_indexed_{changes > linear_max} {
    versions_.reserve(changes * 2);
  }

  void joined(const entry_ptr& entry) {
    find_or_add(entry, false).is_there = true;
  }

  void left(const entry_ptr& entry) {
    find_or_add(entry, true).is_there = false;
  }

  [[nodiscard]] const std::vector<version>& all() const noexcept {
    return versions_;
  }

private:
  version& find_or_add(const entry_ptr& entry, bool was_there) {
    const auto position = find(entry->dot());
    if (position == versions_.size()) {
      if (is_indexed_)
        positions_.emplace(entry->dot(), position);
      return versions_.emplace_back(version{entry, was_there, was_there});
    }
    versions_[position].entry = entry;
    return versions_[position];
  }

  [[nodiscard]] std::size_t find(const dot& wanted) const {
    if (is_indexed_) {
      const auto found = positions_.find(wanted);
      return found == positions_.end() ? versions_.size() : found->second;
    }
    return static_cast<std::size_t>(
        std::find_if(
            versions_.begin(), versions_.end(),
            [&](const version& one) { return one.entry->dot() == wanted; })
        - versions_.begin());
  }

  struct dot_hash {
    std::size_t operator()(const dot& one) const noexcept {
      return std::hash<replica_tag>{}(one.replica)
             ^ (static_cast<std::size_t>(one.seq) * 0x9e3779b97f4a7c15U);
    }
  };

  bool is_indexed_;
  std::vector<version> versions_;
  std::unordered_map<dot, std::size_t, dot_hash> positions_;
};

} // namespace

net_effect net_of(std::span<const change> run) {
  version_list versions{run.size()};
  for (const auto& [topic, before, after] : run) {
    if (before)
      versions.left(before);
    if (after)
      versions.joined(after);
  }
  net_effect result;
  for (const auto& [entry, was_there, is_there] : versions.all()) {
    auto& list = is_there ? (was_there ? result.returned : result.joins)
                          : (was_there ? result.leaves : result.passed);
    list.push_back(entry);
  }
  return result;
}

} // namespace rollcall::crdt
