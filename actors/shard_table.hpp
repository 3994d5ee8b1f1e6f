#pragma once

#include "actors/thread_safety.hpp"
#include "crdt/ranges/range_core.hpp"
#include "crdt/shard/shard_core.hpp"
#include "rollcall/config.hpp"
#include "rollcall/stats.hpp"
#include "rollcall/topic_counts.hpp"
#include "rollcall/topic_page.hpp"
#include "rollcall/types.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_clock.hpp>
#include <caf/actor_control_block.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rollcall {

/// The clock of actors as pure code knows time.
[[nodiscard]] inline crdt::tick_time
tick_of(caf::actor_clock::time_point now) noexcept {
  return std::chrono::duration_cast<crdt::tick_time>(now.time_since_epoch());
}

/// The number of an actor for pure code. Actors of this process count up; one
/// of another node also carries the hash of that node.
[[nodiscard]] crdt::subscriber_id id_of(const caf::actor_addr& subscriber);

/// What waits for a dispatcher, and who the newcomers in it are.
struct dispatch_batch {
  std::vector<crdt::dispatch_item> items;
  std::unordered_map<crdt::subscriber_id, caf::strong_actor_ptr> newcomers;
};

/// Who wants to hear of the changes of a shard, besides its dispatcher. Bits.
enum class listeners : std::uint8_t {
  none = 0,
  followers = 1,
  counters = 2,
  ranges = 4, ///< Those who watch ranges.
};

[[nodiscard]] constexpr listeners operator|(listeners a, listeners b) noexcept {
  return static_cast<listeners>(static_cast<unsigned>(a)
                                | static_cast<unsigned>(b));
}

[[nodiscard]] constexpr bool has(listeners all, listeners one) noexcept {
  return (static_cast<unsigned>(all) & static_cast<unsigned>(one)) != 0;
}

/// A shard under its lock: the pure `shard_core`, and the actors whose numbers
/// it knows. It outlives the shard's actor, so that a crash costs nobody a
/// presence, and readers look into it without a message.
///
/// Shape:   as `crdt::shard_core`, and about 80 bytes an owner.
/// Threads: any. The lock is held for one step. No I/O and no function of an
///          embedder runs under it.
/// Locks:   nothing else is locked while this one is held: whoever has it
///          sends no message and ends no actor.
class shard_table {
public:
  using time = crdt::tick_time;

  /// The caller's owner got its first presence here, or lost its last.
  struct watch_change {
    std::uint64_t number = 0; ///< Of the watch over the owner; 0 if nothing.
    bool starts = false;
  };

  /// An owner whose presence ended for another session of its key.
  struct replaced_owner {
    caf::strong_actor_ptr who; ///< Null if it has ended.
    std::uint64_t watch = 0;   ///< That ends by it; 0 if it goes on.
    presence_replaced notice;
  };

  /// An owner whose last presence here ended, but by no call of its own.
  struct idle_owner {
    caf::strong_actor_ptr who;
    std::uint64_t watch = 0; ///< That ends by it.
  };

  /// What a call did, for the caller to act upon.
  struct outcome {
    crdt::shard_answer answer;
    bool wakes_dispatcher = false; ///< The dispatcher has something to do.
    bool wakes_shard = false;      ///< The shard's actor has.
    watch_change watch;
    std::vector<replaced_owner> replaced;
    std::vector<idle_owner> idle;

    listeners told_to = listeners::none; ///< Of what changed.

    // What changed; what the table let go ends with it, when the lock is free
    // again.
    crdt::change changed;
    crdt::changes more_changed;

    [[nodiscard]] std::span<const crdt::change> changes() const noexcept {
      if (changed.topic)
        return {&changed, 1};
      return more_changed;
    }
  };

  /// What a peer's interval did.
  struct interval_outcome {
    crdt::apply_result result = crdt::apply_result::applied;
    bool wakes_dispatcher = false;
    std::vector<crdt::interval_request> questions;
    std::set<std::string> reports_due;
    std::vector<replaced_owner> replaced;
    listeners told_to = listeners::none;
    crdt::changes changed; ///< If somebody is told.
  };

  shard_table(const crdt::replica_id& self, const config& settings,
              bool has_hooks);

  // -- writes: as those of `crdt::shard_core` ---------------------------------

  outcome track(std::string_view topic, crdt::draft_ptr draft,
                const caf::strong_actor_ptr& owner, time now,
                std::uint64_t wall_ms = 0);
  outcome update(std::string_view topic, crdt::draft_ptr draft,
                 std::optional<crdt::dot> before, time now);
  [[nodiscard]] entry_ptr find_own(std::string_view topic, std::string_view key,
                                   std::uint64_t owner);
  outcome untrack(std::string_view topic, std::string_view key,
                  std::uint64_t owner, time now);
  outcome untrack_owner(std::uint64_t owner, time now);
  outcome end_topic(crdt::topic_end& end, time now);
  outcome owner_ended(std::uint64_t owner, leave_reason why, time now);
  void count_refusal();

  // -- subscriptions ----------------------------------------------------------

  outcome subscribe(std::string topic, const caf::strong_actor_ptr& subscriber,
                    bool wants_passed);
  outcome unsubscribe(std::string topic,
                      const caf::strong_actor_ptr& subscriber);
  outcome publish(topic_event_ptr event);

  /// By the dispatcher: takes what waits for it.
  [[nodiscard]] dispatch_batch take_batch();
  void forget_subscriber(const std::string& topic, crdt::subscriber_id who);

  /// Nobody will take what waits any more: lets go of the actors in it.
  void forget_actors();

  /// From now on these hear of what changes.
  /// @returns what is there already.
  std::vector<std::pair<std::string, snapshot>> start_to_tell(listeners who);

  // -- by the shard's actor alone ---------------------------------------------

  interval_outcome take(const crdt::shard_input& input, time now);
  interval_outcome received(const std::string& peer,
                            const crdt::interval& arrived, std::size_t bytes,
                            time now);
  outcome tick(time now);
  void forget_topic_ends();
  [[nodiscard]] std::optional<time> next_wake_up() const;

  // For `crdt::flush_round`.
  [[nodiscard]] std::vector<crdt::send_interval> due(time now);
  [[nodiscard]] std::optional<crdt::interval>
  make_interval(const crdt::send_interval& wanted) const;
  void sent(const crdt::send_interval& wanted, crdt::progress to,
            std::size_t bytes, time now);

  // -- reads ------------------------------------------------------------------

  [[nodiscard]] snapshot list(std::string_view topic);
  [[nodiscard]] std::vector<entry_ptr> get_by_key(std::string_view topic,
                                                  std::string_view key) const;
  [[nodiscard]] counts count(std::string_view topic) const;
  [[nodiscard]] topic_page page(std::string_view topic, std::size_t limit,
                                std::string_view after) const;
  /// As `topic_node::windows`.
  [[nodiscard]] std::vector<crdt::range_window>
  windows(std::string_view topic,
          std::span<const crdt::presence_range> ranges) const;

  /// The owners on this node that have a key, each once.
  [[nodiscard]] std::vector<caf::actor_addr>
  owners_of(std::string_view topic, std::string_view key) const;

  /// Adds topics after `after` to `out`, which keeps the first `limit`.
  void collect_topics(std::map<std::string, counts>& out, std::size_t limit,
                      std::string_view after) const;

  /// Adds all topics that begin with `prefix` to `out`.
  void collect_topics(std::string_view prefix,
                      std::vector<topic_size>& out) const;

  void add_to(runtime_stats& total) const;

  /// As `shard_sync::known_to`.
  [[nodiscard]] std::vector<crdt::known_replica>
  known_to(const crdt::node_incarnation& peer,
           const std::vector<crdt::node_incarnation>& doubtful) const;
  /// As `shard_sync::is_settled`.
  [[nodiscard]] bool is_settled(const std::string& peer) const;
  [[nodiscard]] std::uint64_t version() const;
  [[nodiscard]] bool is_complete() const;
  [[nodiscard]] crdt::replication_lag lag(const std::string& peer,
                                          time now) const;

  [[nodiscard]] std::uint16_t shard_index() const noexcept {
    return shard_index_;
  }

private:
  /// An owner, and the number of the watch over it.
  struct watched_owner {
    caf::actor_addr address;
    std::uint64_t watch = 0;
  };

  crdt::shard_effects& fresh_effects() ROLLCALL_REQUIRES(mutex_);
  outcome settle(const crdt::shard_answer& answer,
                 const caf::strong_actor_ptr& owner = {})
      ROLLCALL_REQUIRES(mutex_);
  watch_change note(const crdt::owner_watch& watch,
                    const caf::strong_actor_ptr& owner)
      ROLLCALL_REQUIRES(mutex_);
  outcome settle_ends() ROLLCALL_REQUIRES(mutex_);
  std::vector<idle_owner> take_idle() ROLLCALL_REQUIRES(mutex_);
  interval_outcome settle(crdt::apply_result result) ROLLCALL_REQUIRES(mutex_);
  std::vector<replaced_owner> take_replaced() ROLLCALL_REQUIRES(mutex_);
  bool ends_watch(const crdt::owner_watch& watch,
                  std::vector<replaced_owner>& of) ROLLCALL_REQUIRES(mutex_);

  const std::uint16_t shard_index_;

  mutable checked_mutex mutex_;
  crdt::shard_core core_ ROLLCALL_GUARDED_BY(mutex_);
  /// Of the current step; kept for its memory.
  crdt::shard_effects effects_ ROLLCALL_GUARDED_BY(mutex_);
  std::unordered_map<std::uint64_t, watched_owner>
      owners_ ROLLCALL_GUARDED_BY(mutex_);
  listeners told_to_ ROLLCALL_GUARDED_BY(mutex_) = listeners::none;
  std::uint64_t watches_ ROLLCALL_GUARDED_BY(mutex_) = 0; ///< Since the start.
  std::unordered_map<crdt::subscriber_id, caf::strong_actor_ptr>
      newcomers_ ROLLCALL_GUARDED_BY(mutex_);
};

} // namespace rollcall
