#pragma once

#include "crdt/due_times.hpp"
#include "crdt/interval.hpp"
#include "crdt/watched_names.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::crdt {

/// Tell watchers how large topics are now. Who carries it out reads the counts.
struct count_delivery {
  std::string pattern; ///< A topic, or a prefix and `*`.

  /// Whether these are all topics of the pattern, for who is new; they are then
  /// to be looked up. Else `topics` are those that may have changed.
  bool is_all = false;
  std::vector<std::string> topics;
  std::vector<subscriber_id> to;
};

/// Who watches how large topics are, and what they must be told when: all at
/// first, and then at most once an interval what has changed.
///
/// Shape:   a set entry for each topic that changed and was not told yet. A
///          change costs in proportion to the patterns that fit its topic,
///          however many watch each.
/// Threads: one at a time.
class count_core {
public:
  explicit count_core(std::size_t watches_max) : watched_{watches_max} {
  }

  /// Starts to watch, or tells all again.
  /// @returns false if the watcher would watch more than `watches_max`
  /// patterns.
  [[nodiscard]] bool watch(subscriber_id who, const std::string& pattern,
                           tick_time interval);

  /// Ends to watch a pattern, whatever its interval.
  void unwatch(subscriber_id who, const std::string& pattern);
  void forget(subscriber_id who);

  /// Takes what became visible and invisible in any topic.
  void take(std::span<const change> all);

  /// Something joined, left or was hidden in a topic.
  void changed(const std::string& topic);

  /// Deliveries were lost: every watcher is told all again.
  void tell_all_again();

  /// The next thing to send; nothing if there is none before `next_deadline`.
  [[nodiscard]] std::optional<count_delivery> next(tick_time now);

  /// When `next` has something, if nothing else happens.
  [[nodiscard]] std::optional<tick_time> next_deadline() const {
    return due_.earliest();
  }

  [[nodiscard]] bool is_watching(subscriber_id who) const {
    return watched_.contains(who);
  }
  [[nodiscard]] bool is_idle() const noexcept {
    return scopes_.empty();
  }

private:
  /// Those who watch one pattern at one interval.
  struct scope {
    std::set<subscriber_id> watchers; ///< Newcomers included.
    std::set<subscriber_id> newcomers;
    std::set<std::string> changed;
    tick_time quiet_until{}; ///< Nothing is told before.
  };
  using scope_name = std::pair<std::string, tick_time>; ///< Pattern, interval.
  using scope_map = std::map<scope_name, scope>;

  void change_in(scope_map::value_type& where, const std::string& topic);
  void set_due(scope_map::value_type& where);
  void leave(subscriber_id who, const scope_name& name);
  void add_prefix(scope_map::value_type& where);
  void drop_prefix(scope_map::value_type& where);
  [[nodiscard]] static std::string_view
  prefix_of(const scope_map::value_type* where);
  [[nodiscard]] static bool is_before(const scope_map::value_type* where,
                                      std::string_view prefix);

  watched_names<std::string> watched_;
  scope_map scopes_;
  /// The scopes whose patterns end in `*`, in the order of their prefixes.
  std::vector<scope_map::value_type*> prefixes_;
  due_times<scope_name> due_;
};

} // namespace rollcall::crdt
