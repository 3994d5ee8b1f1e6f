#pragma once

#include "actors/shard_table.hpp"
#include "actors/thread_safety.hpp"
#include "crdt/counts/count_core.hpp"
#include "crdt/follow/follow_core.hpp"
#include "crdt/ranges/range_core.hpp"
#include "rollcall/config.hpp"
#include "rollcall/stats.hpp"

#include <caf/actor_control_block.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace rollcall {

/// What the watch dispatcher does next.
struct watch_batch {
  template <class Delivery>
  struct addressed {
    Delivery content;
    std::vector<caf::strong_actor_ptr> to;
  };
  using status = addressed<crdt::follow_delivery>;
  using count = addressed<crdt::count_delivery>;
  using range = addressed<crdt::range_delivery>;
  /// Deliver what is `ready`, then read, and deliver what `take` answers.
  struct range_reading {
    crdt::range_work work;
    std::vector<range> ready;
  };

  [[nodiscard]] bool has_deliveries() const noexcept {
    return !statuses.empty() || !counts.empty() || !ranges.empty();
  }

  std::vector<status> statuses;
  std::vector<count> counts;
  std::vector<range_reading> ranges;
  std::vector<caf::strong_actor_ptr> newcomers; ///< To be monitored.
  std::vector<caf::strong_actor_ptr> gone;      ///< No longer.
  std::vector<std::size_t> hearers; ///< Shards whose hooks are to ask.
};

/// The pure `follow_core`, `count_core` and `range_core` of a node under one
/// lock, and the actors whose numbers they know. It outlives the watch
/// dispatcher, as a `shard_table` outlives the actors of its shard.
///
/// Threads: any.
/// Locks:   nothing else is locked while this one is held: whoever has it
///          sends no message and ends no actor.
class watch_table {
public:
  using time = crdt::tick_time;

  explicit watch_table(const config& settings);

  // -- what is here: as those of the cores ------------------------------------
  // @returns whether the dispatcher must do something earlier than it knows.

  bool take(listeners told_to, std::span<const crdt::change> all, time now);
  bool add(std::string_view topic, std::span<const std::string_view> keys,
           time now);
  [[nodiscard]] bool is_online(std::string_view key,
                               std::string_view topic_prefix) const;

  // -- who was seen when ------------------------------------------------------

  [[nodiscard]] std::optional<time> last_seen_of(std::string_view key,
                                                 time now) const;
  void learn(std::span<const crdt::seen_key> all, time now);
  /// For another node.
  [[nodiscard]] crdt::last_seen::page
  last_seen_after(crdt::last_seen::position where,
                  const crdt::last_seen::selection& wanted, time now) const;

  // -- followers --------------------------------------------------------------

  crdt::follow_core::answer follow(const caf::strong_actor_ptr& who,
                                   const std::string& topic_prefix,
                                   std::span<const std::string> keys);
  void unfollow(const caf::strong_actor_ptr& who,
                const std::string& topic_prefix,
                std::span<const std::string> keys);
  void unfollow_all(const caf::strong_actor_ptr& who);

  // -- hooks: as those of `follow_core` ---------------------------------------

  void start_to_hear(std::size_t share, std::size_t shares, time now);
  [[nodiscard]] std::vector<crdt::key_status> take_heard(std::size_t share);

  // -- watchers of counts -----------------------------------------------------

  [[nodiscard]] bool watch_counts(const caf::strong_actor_ptr& who,
                                  const std::string& pattern, time interval);
  void unwatch_counts(const caf::strong_actor_ptr& who,
                      const std::string& pattern);

  // -- watchers of ranges -----------------------------------------------------

  [[nodiscard]] bool watch_range(const caf::strong_actor_ptr& who,
                                 const std::string& topic,
                                 crdt::presence_range range, time interval);
  void unwatch_range(const caf::strong_actor_ptr& who, const std::string& topic,
                     crdt::presence_range range);

  // -- by the dispatcher ------------------------------------------------------

  /// A dispatcher starts: what its predecessor had is lost.
  void start_anew();

  /// A part of what there is to do; empty if there is nothing.
  [[nodiscard]] watch_batch take_batch(time now);
  /// What was read for a part of it.
  [[nodiscard]] std::vector<watch_batch::range>
  take(const crdt::range_work& work, std::vector<crdt::range_window> windows);
  /// When there is more to do. Whoever brings something earlier wakes it.
  [[nodiscard]] std::optional<time> next_deadline();
  void watcher_ended(crdt::subscriber_id who);

  /// Lets go of all watchers.
  void forget_actors();

  void add_to(runtime_stats& total) const;

private:
  struct handle {
    caf::strong_actor_ptr actor;
    bool is_monitored = false;
  };
  [[nodiscard]] bool is_watching(crdt::subscriber_id who) const
      ROLLCALL_REQUIRES(mutex_);
  [[nodiscard]] std::optional<time> deadline() const ROLLCALL_REQUIRES(mutex_);
  void started(const caf::strong_actor_ptr& who) ROLLCALL_REQUIRES(mutex_);

  using handles = std::unordered_map<crdt::subscriber_id, handle>;

  static constexpr std::size_t deliveries_max = 256; ///< Of a batch.

  [[nodiscard]] bool is_urgent() ROLLCALL_REQUIRES(mutex_);
  void stopped(crdt::subscriber_id who) ROLLCALL_REQUIRES(mutex_);
  void watch_changed(watch_batch& out) ROLLCALL_REQUIRES(mutex_);
  void take_ranges(watch_batch& out, time now) ROLLCALL_REQUIRES(mutex_);
  [[nodiscard]] std::vector<watch_batch::range>
  addressed(std::vector<crdt::range_delivery> all) const
      ROLLCALL_REQUIRES(mutex_);
  [[nodiscard]] std::vector<caf::strong_actor_ptr>
  find(std::span<const crdt::subscriber_id> all) const
      ROLLCALL_REQUIRES(mutex_);

  mutable checked_mutex mutex_;
  crdt::follow_core follows_ ROLLCALL_GUARDED_BY(mutex_);
  crdt::count_core counts_ ROLLCALL_GUARDED_BY(mutex_);
  crdt::range_core ranges_ ROLLCALL_GUARDED_BY(mutex_);
  handles watchers_ ROLLCALL_GUARDED_BY(mutex_);
  /// Who started or ended to watch since the last batch.
  std::unordered_set<crdt::subscriber_id> changed_ ROLLCALL_GUARDED_BY(mutex_);
  /// When the dispatcher will work at the latest.
  time next_work_ ROLLCALL_GUARDED_BY(mutex_) = time::max();
  std::uint64_t told_ ROLLCALL_GUARDED_BY(mutex_) = 0; ///< Since the start.
};

} // namespace rollcall
