#pragma once

#include "crdt/diff/diff_queue.hpp"
#include "crdt/lingering.hpp"
#include "crdt/presence_set.hpp"
#include "crdt/replication/shard_input.hpp"
#include "crdt/replication/shard_sync.hpp"
#include "crdt/replication/write_times.hpp"
#include "crdt/shard/shard_effects.hpp"
#include "crdt/shard/single_sessions.hpp"
#include "crdt/shard/topic_ends.hpp"
#include "crdt/shard/topic_subscriptions.hpp"
#include "rollcall/limits.hpp"
#include "rollcall/session_policy.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::crdt {

struct shard_settings {
  std::size_t presences_per_topic_max = 1'000'000;
  std::size_t subscribers_per_topic_max = 1'000'000;
  bool has_hooks = false; ///< Hooks hear of every change.
  replicator_config replication;
  std::size_t chunk_bytes = std::size_t{256} * 1024; ///< Of an interval, about.
  std::size_t deaths_max = limits::write_log_deaths_max;
  diff_queue_limits waiting;
  /// At how many presences of a topic that ends one step looks.
  std::size_t topic_end_looks = 256;
  std::vector<single_session_rule> single_session; ///< The first that fits.
};

/// What a shard has done since its start.
struct shard_counters {
  std::uint64_t tracks = 0;
  std::uint64_t updates = 0;
  std::uint64_t untracks = 0; ///< Ends of owners included.
  std::uint64_t refusals = 0;
};

/// How a shard stands with one peer.
struct replication_lag {
  std::uint64_t behind = 0;       ///< Own writes not acknowledged.
  tick_time oldest{};             ///< Age of the oldest of them.
  std::size_t unacknowledged = 0; ///< Bytes.
};

/// One shard of one node: its presences, whose owners must be monitored, who
/// lingers, who subscribed, and what its peers lack. Every decision of a shard
/// is made here. A step adds what follows from it to `out`; a driver carries
/// that out.
///
/// Shape:   as `presence_set`, `lingering`, `topic_subscriptions` and
///          `diff_queue`.
/// Threads: one at a time.
class shard_core {
public:
  shard_core(const replica_id& self, const shard_settings& settings);

  // -- writes of owners on this node ------------------------------------------

  /// Takes in a checked presence. It takes the place of one that lingers under
  /// its key; in a topic with a session policy an older one may end by it.
  /// @param wall_ms of the node's clock; no matter without a policy.
  /// Errors: `already_tracked`, `key_taken`, `too_many_presences`.
  shard_answer track(std::string_view topic, draft_ptr draft, tick_time now,
                     shard_effects& out, std::uint64_t wall_ms = 0);

  /// Replaces a presence by a checked one of the same key and owner. With
  /// `before`, only if it is still that version.
  /// Errors: `not_tracked`, `conflict`.
  shard_answer update(std::string_view topic, draft_ptr draft,
                      std::optional<dot> before, tick_time now,
                      shard_effects& out);

  /// The presence that an update would replace. Null counts as a refusal, for
  /// `not_tracked`.
  [[nodiscard]] entry_ptr find_own(std::string_view topic, std::string_view key,
                                   std::uint64_t owner);

  void untrack(std::string_view topic, std::string_view key,
               std::uint64_t owner, tick_time now, shard_effects& out);
  void untrack_owner(std::uint64_t owner, tick_time now, shard_effects& out);

  /// An owner ended. If it is lost, its presences that asked for it stay until
  /// their time is over. Nobody need end to monitor it.
  void owner_ended(std::uint64_t owner, leave_reason why, tick_time now,
                   shard_effects& out);

  /// Does the next step of the end of a topic, which ends presences of this
  /// node, those that linger included. What was there at the first step, and
  /// goes on with its owner, has ended when the end is done. Of an end that
  /// another node asked for, `tick` does the steps.
  void end_topic(topic_end& end, tick_time now, shard_effects& out);

  /// Nothing more ends for what other nodes asked.
  void forget_topic_ends() noexcept {
    topic_ends_.clear();
  }

  /// Counts a call that was refused before it came here.
  void count_refusal() noexcept {
    ++counters_.refusals;
  }

  // -- subscriptions ----------------------------------------------------------

  /// Registers a subscription, which starts with what the topic holds now.
  /// Errors: `too_many_subscribers`, `subscriptions_waiting`.
  shard_answer subscribe(std::string topic, subscriber_id who,
                         bool wants_passed, shard_effects& out);

  /// Ends a subscription, if there is one.
  void unsubscribe(std::string topic, subscriber_id who, shard_effects& out);

  /// Forgets the subscription of a subscriber that ended.
  void forget_subscriber(const std::string& topic, subscriber_id who);

  /// Passes an event on to the subscribers of its topic.
  void publish(published_event event, shard_effects& out);

  /// Everything that waits for the dispatcher.
  [[nodiscard]] std::vector<dispatch_item> take_items() {
    return queue_.take();
  }

  // -- the cluster ------------------------------------------------------------

  /// Takes what the cluster decided or a peer said.
  /// @pre it is no `interval_arrived`: that must be read first, see `received`.
  void take(const shard_input& input, tick_time now, shard_effects& out);

  /// Takes the interval of an `interval_arrived`, after it was checked.
  /// @param bytes of the packet that it came in.
  apply_result received(const std::string& peer, const interval& arrived,
                        std::size_t bytes, tick_time now, shard_effects& out);

  /// What to send now. For each the driver makes the interval, encodes it, says
  /// `sent`, and sends it to the peers; see flush_round.hpp.
  [[nodiscard]] std::vector<send_interval> due(tick_time now);
  [[nodiscard]] std::optional<interval>
  make_interval(const send_interval& wanted) const;
  void sent(const send_interval& wanted, progress to, std::size_t bytes,
            tick_time now);

  /// As `shard_sync::known_to`.
  [[nodiscard]] std::vector<known_replica>
  known_to(const node_incarnation& peer,
           const std::vector<node_incarnation>& doubtful) const {
    return sync_.known_to(peer, doubtful);
  }

  /// As `shard_sync::is_settled`.
  [[nodiscard]] bool is_settled(const std::string& peer) const {
    return sync_.is_settled(peer);
  }

  /// Whether all that peers who are up had has come.
  [[nodiscard]] bool is_complete() const noexcept {
    return sync_.is_complete();
  }

  [[nodiscard]] replication_lag lag(const std::string& peer,
                                    tick_time now) const;

  /// Counts what may have changed the answers of `known_to` and `is_settled`.
  [[nodiscard]] std::uint64_t version() const noexcept {
    return version_;
  }

  // -- time -------------------------------------------------------------------

  /// Ends presences whose linger is over, and does a step of the end of topics
  /// that other nodes ended.
  void tick(tick_time now, shard_effects& out);

  /// When the driver must come back: for `tick`, and for what is `due`.
  [[nodiscard]] std::optional<tick_time> next_wake_up() const;

  /// Whether topics that other nodes ended have not ended here yet.
  [[nodiscard]] bool is_ending_topics() const noexcept {
    return !topic_ends_.is_empty();
  }

  /// Whether something waits to be sent to peers.
  [[nodiscard]] bool has_flush() const noexcept {
    return sync_.next_flush().has_value();
  }

  // -- reads ------------------------------------------------------------------

  [[nodiscard]] snapshot list(std::string_view topic) {
    return set_.list(topic);
  }

  [[nodiscard]] const presence_set& set() const noexcept {
    return set_;
  }

  [[nodiscard]] const diff_queue& queue() const noexcept {
    return queue_;
  }

  [[nodiscard]] const shard_counters& counters() const noexcept {
    return counters_;
  }

  /// Bytes that a peer has not acknowledged.
  [[nodiscard]] std::size_t unacknowledged(const std::string& peer) const {
    return sync_.out().unacknowledged(peer);
  }

private:
  void note(change changed, shard_effects& out);
  void wrote(tick_time now);
  shard_answer refuse(refusal why, std::size_t count = 0);
  static shard_answer answer_of(const change& changed) noexcept;
  void leave_all(std::uint64_t owner, leave_reason why, tick_time now,
                 shard_effects& out);
  void let_linger(const entry& presence, tick_time now);
  const entry* take_lingering(std::string_view topic, std::string_view key);
  shard_answer make_way(session_policy policy, std::string_view topic,
                        draft_ptr& draft, std::uint64_t wall_ms,
                        shard_effects& out);
  void end_own(const entry& which, leave_reason why, shard_effects& out);
  void end_part(topic_end& end, std::size_t& looks, tick_time now,
                shard_effects& out);
  void end_waiting_topics(tick_time now, shard_effects& out);
  void end_losers(std::size_t first, tick_time now, shard_effects& out);
  void end_watch_if_idle(std::uint64_t owner, shard_effects& out) const;
  [[nodiscard]] bool drop_subscriber(const std::string& topic,
                                     subscriber_id who);
  void take_effects(sync_effects& effects, tick_time now, shard_effects& out);
  void step(const node_changed& input, tick_time now, sync_effects& out);
  void step(const peer_connected& input, tick_time now, sync_effects& out);
  void step(const peer_disconnected& input, tick_time now, sync_effects& out);
  void step(const report_arrived& input, tick_time now, sync_effects& out);
  void step(const interval_arrived& input, tick_time now, sync_effects& out);
  void step(const request_arrived& input, tick_time now, sync_effects& out);
  void step(const relays_changed& input, tick_time now, sync_effects& out);
  void step(const topic_ended& input, tick_time now, sync_effects& out);

  const shard_settings settings_;
  presence_set set_;
  lingering lingering_;
  single_sessions sessions_;
  topic_ends topic_ends_;
  topic_subscriptions subscriptions_;
  diff_queue queue_;
  shard_sync sync_;
  write_times written_;
  shard_counters counters_;
  std::uint64_t version_ = 0;
};

} // namespace rollcall::crdt
