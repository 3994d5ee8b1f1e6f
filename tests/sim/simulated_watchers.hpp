#pragma once

#include "crdt/counts/count_core.hpp"
#include "crdt/follow/follow_core.hpp"
#include "crdt/wake_ups.hpp"
#include "tests/sim/node_settings.hpp"
#include "tests/sim/node_shard_host.hpp"
#include "tests/sim/simulated_hooks.hpp"
#include "tests/sim/simulated_ranges.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::sim {

/// Who follows keys and who watches counts or ranges on one simulated node:
/// drives the shipped `follow_core`, `count_core` and `range_core` as the
/// threads of writers and the watch dispatcher do. Changes come late and out of
/// order, as those of several threads; the dispatcher may crash between any two
/// deliveries.
///
/// A follower is told a state first and then only changes to the opposite; a
/// watcher of counts is told all first, and then no more often than it asked
/// for. Whenever nothing is on its way, what each was told is what the node
/// shows.
class simulated_watchers {
public:
  static constexpr std::size_t follower_count = 3;

  /// All that the node shows, as "topic/key/...".
  using all_shown = std::function<std::vector<std::string>()>;

  simulated_watchers(const node_settings& settings, node_shard_host& host,
                     all_shown shown, simulated_ranges ranges);

  /// A shard did a step.
  void changed(const crdt::changes& all);

  // -- followers --------------------------------------------------------------

  void follow(std::size_t who, const std::string& prefix,
              const std::vector<std::string>& keys);
  void unfollow(std::size_t who, const std::string& prefix,
                const std::vector<std::string>& keys);
  /// The process of a follower ends, and another one takes its number.
  void end_follower(std::size_t who);

  /// The same actors also watch counts.
  void watch_counts(std::size_t who, const std::string& pattern,
                    duration interval);
  void unwatch_counts(std::size_t who, const std::string& pattern);

  /// And ranges.
  void watch_range(std::size_t who, const std::string& topic,
                   crdt::presence_range range, duration interval);
  void unwatch_range(std::size_t who, const std::string& topic,
                     crdt::presence_range range);

  /// The hooks of a share of all keys are made, for the first time or anew.
  void start_hooks(std::size_t share);

  // -- who was seen when ------------------------------------------------------

  void learn(const std::vector<crdt::seen_key>& all) {
    core_.learn(all, host_.now());
  }
  [[nodiscard]] const crdt::follow_core& core() const noexcept {
    return core_;
  }

  /// It crashes before the delivery after this many more.
  void crash(std::size_t after_deliveries) {
    deliveries_left_ = after_deliveries;
  }

  /// What is wrong though nothing is on its way, or nothing.
  [[nodiscard]] std::optional<std::string> difference();

  std::uint64_t deliveries = 0;

private:
  using followed = std::pair<std::string, std::string>; ///< Prefix and key.

  /// What a watcher of counts was told of one pattern.
  struct counted {
    duration interval{};
    bool is_told = false; ///< All, at least once.
    std::optional<moment> last_change;
    std::map<std::string, std::size_t> sizes; ///< Of topics not empty.
  };

  struct follower {
    crdt::subscriber_id id;
    std::set<followed> wanted;
    std::map<followed, bool> told; ///< Whether it was told to be online.
    std::map<std::string, counted> counts; ///< By pattern.
  };

  void start_to_listen();
  void wake();
  void work();
  void crash_now();
  void wait();
  void call_hooks(std::size_t share);
  void deliver(const crdt::follow_state_delivery& one);
  void deliver(const crdt::status_delivery& one);
  void deliver(const crdt::count_delivery& one);
  [[nodiscard]] bool deliver_next();
  [[nodiscard]] std::optional<moment> next_deadline() const;
  [[nodiscard]] std::map<std::string, std::size_t>
  sizes_of(const std::string& pattern) const;
  [[nodiscard]] std::optional<std::string>
  difference(const follower& one, const std::vector<std::string>& shown) const;
  [[nodiscard]] follower* find(crdt::subscriber_id id);

  node_settings settings_;
  node_shard_host& host_;
  all_shown shown_;
  crdt::follow_core core_;
  crdt::count_core counts_{3};
  simulated_ranges ranges_;
  simulated_hooks hooks_{core_, settings_.diff_window};
  std::size_t hooks_called_ = 0; ///< That did not ask for all yet.
  bool listens_ = false;         ///< Somebody followed once.
  std::size_t on_the_way_ = 0;
  std::uint64_t steps_ = 0;
  std::array<follower, follower_count> followers_;
  std::uint64_t last_id_ = 0;

  // What a crash costs.
  std::optional<std::size_t> deliveries_left_;
  bool is_up_ = true;
  std::uint64_t incarnation_ = 0;
  crdt::wake_ups timers_;
};

} // namespace rollcall::sim
