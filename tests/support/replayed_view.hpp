#pragma once

#include "crdt/presence_set.hpp"

#include <map>
#include <optional>
#include <string>

namespace rollcall::test {

/// What reported changes make of an empty view, to compare with what the set
/// shows: a diff is right only if it is the exact difference.
class replayed_view {
public:
  /// Applies changes. @returns the first that was impossible, in words.
  std::optional<std::string> take(const crdt::changes& reported) {
    for (const auto& [topic, before, after, why] : reported) {
      if (!before && !after)
        return "a change of nothing in " + topic->name();
      if (before && (why == leave_reason::updated) != static_cast<bool>(after))
        return "left as " + std::string{to_string(why)} + ": "
               + text(*topic, *before);
      if (before && shown_.erase(before->dot()) == 0)
        return "a leave of what was not shown: " + text(*topic, *before);
      if (after && !shown_.emplace(after->dot(), text(*topic, *after)).second)
        return "a second join of the same: " + text(*topic, *after);
    }
    return std::nullopt;
  }

  /// Compares with what `set` shows now. @returns a difference, in words.
  [[nodiscard]] std::optional<std::string>
  compare(crdt::presence_set& set) const {
    return compare(set,
                   [&](const std::string& topic) { return set.list(topic); });
  }

  /// As above, where `list` gives the snapshot of a topic.
  template <class List>
  [[nodiscard]] std::optional<std::string>
  compare(const crdt::presence_set& set, List list) const {
    std::optional<std::string> problem;
    std::size_t count = 0;
    set.for_each_topic([&](const crdt::topic_node& topic) {
      for (const auto& presence : list(topic.name())) {
        ++count;
        const auto found = shown_.find(presence.dot());
        if (found == shown_.end() || found->second != text(topic, presence))
          problem = "shown, but no diff said so: " + text(topic, presence);
      }
    });
    if (!problem && (count != shown_.size() || count != set.size()))
      problem = "diffs, lists and size do not add up: "
                + std::to_string(shown_.size()) + ", " + std::to_string(count)
                + ", " + std::to_string(set.size());
    return problem;
  }

  [[nodiscard]] const std::map<crdt::dot, std::string>& shown() const noexcept {
    return shown_;
  }

  /// A presence in words, as the conformance traces put it.
  static std::string text(const crdt::topic_node& topic,
                          const crdt::entry& presence) {
    return topic.name() + "/" + std::string{presence.key()} + "/"
           + std::to_string(presence.owner()) + "/"
           + std::string{presence.meta()};
  }

private:
  std::map<crdt::dot, std::string> shown_;
};

} // namespace rollcall::test
