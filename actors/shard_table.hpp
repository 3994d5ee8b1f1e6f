#pragma once

#include "actors/diff_queue.hpp"
#include "actors/owner_registry.hpp"
#include "crdt/lingering.hpp"
#include "crdt/presence_set.hpp"
#include "rollcall/config.hpp"
#include "rollcall/error.hpp"
#include "rollcall/stats.hpp"
#include "rollcall/types.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_clock.hpp>
#include <caf/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace rollcall {

/// What a shard holds. It outlives the shard's actor, so that a crash costs
/// nobody a presence, and readers look into it without a message.
///
/// Shape:   as `crdt::presence_set`, and about 80 bytes an owner.
/// Threads: any, but for what says otherwise. A lock is held for one operation,
///          never while user code or I/O runs.
class shard_table {
public:
  using time_point = caf::actor_clock::time_point;

  /// What a write did, for the shard to act upon.
  struct outcome {
    tracked answer;
    bool wrote = false;            ///< Whether anything changed at all.
    bool wakes = false;            ///< The dispatcher has something to do.
    bool has_owner_events = false; ///< The shard's actor has.
  };

  /// What somebody watches goes into `queue`, which outlives this, in the order
  /// of the writes and under the same lock.
  shard_table(const crdt::replica_id& self, const config& settings,
              bool watches_all, diff_queue& queue);

  // -- writes -----------------------------------------------------------------

  /// Takes in a checked presence.
  /// Errors: `already_tracked`, `too_many_presences`.
  caf::expected<outcome> track(const std::string& topic, crdt::draft_ptr draft,
                               const caf::strong_actor_ptr& owner);

  /// Replaces a presence by a checked one of the same key and owner. With
  /// `before`, only if it is still that version.
  /// Errors: `not_tracked`, `conflict`.
  caf::expected<outcome> update(std::string_view topic, crdt::draft_ptr draft,
                                std::optional<crdt::dot> before = {});

  /// The presence that an update would replace.
  /// Errors: `not_tracked`.
  [[nodiscard]] caf::expected<entry_ptr>
  find_own(std::string_view topic, std::string_view key, std::uint64_t owner);

  outcome untrack(std::string_view topic, std::string_view key,
                  std::uint64_t owner);
  outcome untrack_owner(std::uint64_t owner);

  /// Counts a call that was refused before it came here.
  void count_refusal();

  // -- the shard's actor alone ------------------------------------------------

  /// An owner ended. With `lingers`, its presences that asked for it stay until
  /// their time is over.
  outcome owner_ended(const caf::actor_addr& owner, bool lingers,
                      time_point now);

  /// Ends presences whose linger is over.
  outcome end_lingering(time_point now);

  /// When the next linger is over, if there is one.
  [[nodiscard]] std::optional<time_point> next_linger_end() const;

  /// All owners, for an actor that starts anew.
  [[nodiscard]] std::vector<caf::actor_addr> start_anew();

  /// Whom to monitor, and whom no more, since the last call.
  [[nodiscard]] std::vector<owner_event> take_owner_events();

  // -- subscriptions ----------------------------------------------------------

  /// Registers a subscription, which starts with what the topic holds now.
  /// @returns whether the dispatcher must be woken.
  /// Errors: `too_many_subscribers`.
  caf::expected<bool> watch(std::string topic, caf::strong_actor_ptr subscriber,
                            bool wants_passed);

  /// Ends a subscription, if there is one.
  /// @returns whether the dispatcher must be woken.
  bool unwatch(std::string topic, caf::strong_actor_ptr subscriber);

  /// Forgets the subscription of an actor that ended; from the dispatcher.
  void forget_watcher(const std::string& topic, const caf::actor_addr& who);

  // -- reads ------------------------------------------------------------------

  [[nodiscard]] snapshot list(std::string_view topic);
  [[nodiscard]] std::vector<entry_ptr> get_by_key(std::string_view topic,
                                                  std::string_view key) const;
  [[nodiscard]] counts count(std::string_view topic) const;

  /// The owners on this node that have a key, each once.
  [[nodiscard]] std::vector<caf::actor_addr>
  owners_of(std::string_view topic, std::string_view key) const;

  /// Adds topics after `after` to `out`, which keeps the first `limit`.
  void collect_topics(std::map<std::string, counts>& out, std::size_t limit,
                      std::string_view after) const;

  void add_to(runtime_stats& total) const;

  [[nodiscard]] std::uint16_t shard_index() const noexcept {
    return set_.self().shard;
  }

private:
  friend class shard_replication; ///< Applies what peers wrote.

  using watchers = std::unordered_set<caf::actor_addr>;

  void note(outcome& result, crdt::change change);
  [[nodiscard]] bool is_watched(const crdt::change& change) const noexcept;
  void drop_owner_if_idle(std::uint64_t owner);
  void leave_all(outcome& result, std::uint64_t owner);
  void let_linger(const entry& presence, time_point now);
  const entry* lingering_under(std::string_view topic, std::string_view key);
  caf::expected<crdt::change> join(const std::string& topic,
                                   crdt::draft_ptr draft);
  caf::error refuse(ec code, std::string why);
  caf::error not_tracked(std::string_view topic, std::string_view key);
  bool drop_watcher(const std::string& topic, const caf::actor_addr& who);

  const std::size_t presences_per_topic_max_;
  const std::size_t subscribers_per_topic_max_;
  const bool watches_all_; ///< Hooks want every change.
  diff_queue& queue_;

  mutable std::mutex mutex_;
  crdt::presence_set set_;
  owner_registry owners_;
  std::unordered_map<std::string, watchers> watched_;
  crdt::lingering lingering_;
  runtime_stats counters_;
};

} // namespace rollcall
