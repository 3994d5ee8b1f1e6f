#pragma once

#include "crdt/due_times.hpp"
#include "crdt/ranges/presence_range.hpp"
#include "crdt/watched_names.hpp"
#include <rollcall/entry.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::crdt {

/// The presences that stand in a range, in order.
using range_window = std::vector<entry_ptr>;

/// Tell watchers of a range what stands there.
struct range_delivery {
  presence_range range;
  bool is_all = false; ///< `joins` is all that stands there, for who is new.
  std::vector<entry_ptr> joins;
  std::vector<entry_ptr> leaves;
  std::vector<subscriber_id> to;
};

/// Send `ready`; then read what stands in some ranges of the topic now, and
/// give it to `range_core::take`.
struct range_work {
  std::string topic;
  tick_time interval{}; ///< Of those who watch.
  std::vector<range_delivery> ready;
  std::vector<presence_range> reads; ///< In order, each once.
};

/// Who watches which places of large topics, and what they must be told when:
/// all that stands there at first, and then at most once an interval what came
/// into the range, changed in it, or left it.
///
/// Ranges of a topic and an interval are read together, as many as make a fair
/// piece of work: a change of one place moves all behind it.
///
/// Shape:   a window for each range that somebody watches, shared by all who
///          do. A change costs in proportion to the intervals at which its
///          topic is watched.
/// Threads: one at a time.
class range_core {
public:
  /// @param places_max are read in one piece, or one range.
  explicit range_core(std::size_t watches_max, std::size_t places_max = 4096)
      : places_max_{places_max},
        watched_{watches_max} {
  }

  /// Starts to watch, or tells all again.
  /// @returns false if the watcher would watch more than `watches_max` ranges.
  [[nodiscard]] bool watch(subscriber_id who, const std::string& topic,
                           presence_range range, tick_time interval);

  /// Ends to watch a range, whatever its interval.
  void unwatch(subscriber_id who, const std::string& topic,
               presence_range range);
  void forget(subscriber_id who);

  /// Something joined, left, changed or was hidden in a topic.
  void changed(const std::string& topic);

  /// Deliveries were lost: every watcher is told all again.
  void tell_all_again();

  /// The next thing to do; nothing if there is none before `next_deadline`.
  [[nodiscard]] std::optional<range_work> next(tick_time now);

  /// What was read for `work`, one window for each of its reads.
  /// @returns what to tell. @pre nobody else took work of this topic and
  /// interval meanwhile.
  [[nodiscard]] std::vector<range_delivery>
  take(const range_work& work, std::vector<range_window> windows);

  /// When `next` has something, if nothing else happens.
  [[nodiscard]] std::optional<tick_time> next_deadline() const {
    return due_.earliest();
  }

  [[nodiscard]] bool is_watching(subscriber_id who) const {
    return watched_.contains(who);
  }
  [[nodiscard]] bool is_idle() const noexcept {
    return groups_.empty();
  }

  /// Ranges that somebody watches, each once.
  [[nodiscard]] std::size_t ranges() const {
    return std::accumulate(groups_.begin(), groups_.end(), std::size_t{0},
                           [](std::size_t sum, const auto& one) {
                             return sum + one.second.ranges.size();
                           });
  }

private:
  struct watched_range {
    std::set<subscriber_id> watchers; ///< Newcomers included.
    std::set<subscriber_id> newcomers;
    std::shared_ptr<const range_window> told; ///< Null: it was never read.
  };

  /// All that is watched of a topic at one interval.
  struct group {
    std::map<presence_range, watched_range> ranges;
    std::set<presence_range> urgent; ///< Those with newcomers.
    std::set<presence_range> unread; ///< Those that may have changed.
    bool has_changed = false;
    tick_time quiet_until{}; ///< No change is told before.
  };

  using group_name = std::pair<std::string, tick_time>; ///< Topic, interval.
  using group_map = std::map<group_name, group>;
  using watch_name = std::pair<std::string, presence_range>;

  void leave(subscriber_id who, const watch_name& name, tick_time interval);
  void set_due(group_map::value_type& where);
  void take_reads(group& all, range_work& out) const;
  static void tell_newcomers(std::vector<range_delivery>& out,
                             const presence_range& range, watched_range& one);

  std::size_t places_max_;
  watched_names<watch_name> watched_;
  group_map groups_;
  due_times<group_name> due_;
};

} // namespace rollcall::crdt
