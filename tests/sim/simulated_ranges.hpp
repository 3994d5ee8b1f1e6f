#pragma once

#include "crdt/ranges/range_core.hpp"
#include "tests/sim/simulated_time.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace rollcall::sim {

/// Who watches ranges on one simulated node: drives the shipped `range_core`,
/// and keeps what each watcher has been told.
///
/// A watcher is told all at first, and then no more often than it asked for;
/// what is told to come was not there, and what is told to go was. Whenever
/// nothing is on its way, each has what stands in its range.
class simulated_ranges {
public:
  static constexpr std::size_t watches_max = 3;

  using reader = std::function<std::vector<crdt::range_window>(
      const std::string& topic, std::span<const crdt::presence_range>)>;
  /// The presences that a topic shows, in order, not as the tables say.
  using order = std::function<std::vector<crdt::dot>(const std::string& topic)>;

  simulated_ranges(reader read, order places)
      : read_{std::move(read)},
        places_{std::move(places)} {
  }

  void watch(crdt::subscriber_id who, const std::string& topic,
             crdt::presence_range range, duration interval);
  void unwatch(crdt::subscriber_id who, const std::string& topic,
               crdt::presence_range range);
  void forget(crdt::subscriber_id who);

  void changed(const std::string& topic) {
    core_.changed(topic);
  }

  // -- the dispatcher ---------------------------------------------------------

  /// @returns whether there was something to do.
  bool deliver_next(moment now);
  /// It crashes after it has taken work.
  void lose_next(moment now) {
    static_cast<void>(core_.next(now));
  }
  void start_anew() {
    core_.tell_all_again();
  }
  [[nodiscard]] std::optional<moment> next_deadline() const {
    return core_.next_deadline();
  }

  /// What is wrong though nothing is on its way, or nothing.
  [[nodiscard]] std::optional<std::string> difference() const;

private:
  using watch_name
      = std::tuple<crdt::subscriber_id, std::string, crdt::presence_range>;

  struct told_range {
    duration interval{};
    bool is_told = false; ///< All, at least once.
    std::optional<moment> last_change;
    std::set<crdt::dot> dots;
  };

  [[nodiscard]] std::size_t watched_by(crdt::subscriber_id who) const;
  void deliver(const std::string& topic, const crdt::range_delivery& one,
               moment now);
  static void change(told_range& told, const crdt::range_delivery& one);

  reader read_;
  order places_;
  crdt::range_core core_{watches_max, 40}; // Some need more than one piece.
  std::map<watch_name, told_range> watches_;
};

} // namespace rollcall::sim
