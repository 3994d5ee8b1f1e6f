#include "crdt/net_changes.hpp"

#include <algorithm>
#include <unordered_map>

namespace rollcall::crdt {

namespace {

/// Above this many, looking a join up by hand would be quadratic.
constexpr std::size_t linear_max = 16;

/// Finds joins of the run by identity of the entry: one version of a presence
/// is one entry on a node.
class join_list {
public:
  explicit join_list(std::vector<entry_ptr>& joins, std::size_t run_length)
      : joins_{joins},
        is_indexed_{run_length > linear_max} {
  }

  void add(const entry_ptr& joined) {
    if (is_indexed_)
      positions_[joined.get()] = joins_.size();
    joins_.push_back(joined);
  }

  /// @returns whether it had joined in this run; it is then gone from it.
  bool remove(const entry_ptr& left) {
    const auto position = find(left);
    if (position == joins_.size())
      return false;
    joins_[position] = {};
    return true;
  }

private:
  [[nodiscard]] std::size_t find(const entry_ptr& wanted) const {
    if (!is_indexed_)
      return static_cast<std::size_t>(
          std::find(joins_.begin(), joins_.end(), wanted) - joins_.begin());
    const auto found = positions_.find(wanted.get());
    return found == positions_.end() ? joins_.size() : found->second;
  }

  std::vector<entry_ptr>& joins_;
  bool is_indexed_;
  std::unordered_map<const entry*, std::size_t> positions_;
};

} // namespace

net_effect net_of(std::span<const change> run) {
  net_effect result;
  join_list joins{result.joins, run.size()};
  // Hidden and shown again is the same entry: the leave is undone.
  join_list leaves{result.leaves, run.size()};
  for (const auto& [topic, before, after] : run) {
    if (before && joins.remove(before))
      result.passed.push_back(before);
    else if (before)
      leaves.add(before);
    if (after && !leaves.remove(after))
      joins.add(after);
  }
  std::erase(result.joins, entry_ptr{});
  std::erase(result.leaves, entry_ptr{});
  return result;
}

} // namespace rollcall::crdt
