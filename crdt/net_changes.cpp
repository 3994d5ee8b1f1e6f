#include "crdt/net_changes.hpp"

#include "crdt/dot.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <unordered_set>

namespace rollcall::crdt {

namespace {

/// Above this many, looking a version up by hand would be quadratic.
constexpr std::size_t linear_max = 16;

constexpr auto no_version = std::numeric_limits<std::size_t>::max();

/// One version of a presence that the run names.
struct version {
  entry_ptr entry; ///< The latest one.
  bool was_there;
  bool is_there;
  leave_reason why = leave_reason::updated; ///< Why it left last.
  std::size_t next = no_version;            ///< What took its place then.
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

  void take(const change& one) {
    const auto before = one.before ? find_or_add(one.before, true) : no_version;
    const auto after = one.after ? find_or_add(one.after, false) : no_version;
    if (before != no_version) {
      auto& version = versions_[before];
      version.is_there = false;
      version.why = one.why;
      version.next = after;
    }
    if (after != no_version)
      versions_[after].is_there = true;
  }

  /// The last version of the presence that the run has.
  [[nodiscard]] const version& last_of(const version& first) const {
    const auto* last = &first;
    // No longer than there are versions, whatever a peer made up.
    for (std::size_t i = 0; i < versions_.size(); ++i) {
      if (last->is_there || last->next == no_version)
        break;
      last = &versions_[last->next];
    }
    return *last;
  }

  [[nodiscard]] const std::vector<version>& all() const noexcept {
    return versions_;
  }

private:
  std::size_t find_or_add(const entry_ptr& entry, bool was_there) {
    const auto position = find(entry->dot());
    if (position == versions_.size()) {
      if (is_indexed_)
        positions_.emplace(entry->dot(), position);
      versions_.push_back({entry, was_there, was_there});
    } else {
      versions_[position].entry = entry;
    }
    return position;
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

version_list versions_of(std::span<const change> run) {
  version_list result{run.size()};
  for (const auto& one : run)
    result.take(one);
  return result;
}

/// One that was updated and then left did not leave by the update.
leave_reason why_left(const version& last) {
  return last.is_there ? leave_reason::updated : last.why;
}

} // namespace

net_effect net_of(std::span<const change> run) {
  const auto versions = versions_of(run);
  net_effect result;
  for (const auto& one : versions.all()) {
    auto& list = one.is_there ? (one.was_there ? result.returned : result.joins)
                              : (one.was_there ? result.leaves : result.passed);
    list.push_back(one.entry);
    if (one.is_there)
      continue;
    auto& reasons = one.was_there ? result.reasons : result.passed_reasons;
    reasons.push_back(why_left(versions.last_of(one)));
  }
  return result;
}

changes merged(std::span<const change> run) {
  const auto versions = versions_of(run);
  changes result;
  std::unordered_set<const version*> continuing;
  for (const auto& one : versions.all()) {
    if (!one.was_there || one.is_there)
      continue;
    const auto& last = versions.last_of(one);
    const bool goes_on = last.is_there && !last.was_there;
    if (goes_on)
      continuing.insert(&last);
    result.push_back({run.front().topic, one.entry,
                      goes_on ? last.entry : entry_ptr{}, why_left(last)});
  }
  for (const auto& one : versions.all())
    if (one.is_there && !one.was_there && !continuing.contains(&one))
      result.push_back({run.front().topic, {}, one.entry});
  return result;
}

} // namespace rollcall::crdt
