#pragma once

#include "crdt/diff/diff_queue.hpp"
#include "crdt/net_changes.hpp"
#include "crdt/replication/membership.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace rollcall::crdt {

/// Tell a newcomer what its topic held when it subscribed.
struct snapshot_delivery {
  std::string topic;
  snapshot presences;
  subscriber_id to;

  /// Whether it is the first delivery to this subscriber: from now on the
  /// driver must learn when it ends, and say so with `diff_batcher::remove`.
  bool is_new = false;
};

/// Tell subscribers, and the hooks, what changed in a topic.
struct diff_delivery {
  std::string topic;
  net_effect net;
  std::vector<subscriber_id> to;

  /// Whether `on_diff` and `on_metas` hear of it. Else it is only the rest of a
  /// diff that they have heard of, for one whose snapshot had some of it.
  bool runs_hooks = false;
};

/// Pass an event on.
struct event_delivery {
  std::shared_ptr<const void> content;
  std::vector<subscriber_id> to;
};

using delivery = std::variant<snapshot_delivery, diff_delivery, event_delivery>;

struct diff_batcher_settings {
  /// 0 makes every change a diff of its own.
  std::chrono::milliseconds window{0};

  /// Whether diffs are made of topics that nobody subscribed to as well.
  bool has_hooks = false;
};

/// Makes diffs for subscribers out of a shard's changes: merges the changes of
/// a topic within the window, and tells a newcomer only what its snapshot
/// lacks.
///
/// The driver puts what waits in the queue into it, and then carries out one
/// delivery after the other. It may end between any two of them: the next
/// driver goes on with the one that follows.
///
/// Shape:   grows with subscriptions and with what waits for its window.
/// Threads: one at a time.
class diff_batcher {
public:
  explicit diff_batcher(diff_batcher_settings settings) noexcept
      : settings_{settings} {
  }

  /// Takes what happened since the last call. @pre `next` gave nothing.
  void put(std::vector<dispatch_item> batch);

  /// The delivery to carry out now; nothing if all that was put is done.
  [[nodiscard]] std::optional<delivery> next(tick_time now);

  /// Closes the windows that are over; `next` has what follows from it. For
  /// when nothing waits in the queue any more.
  void close_windows(tick_time now);

  /// When the next window ends, if one is open.
  [[nodiscard]] std::optional<tick_time> next_deadline() const;

  /// A subscriber ended. @returns the topics that it was subscribed to.
  std::vector<std::string> remove(subscriber_id ended);

  /// Everybody whose end must be learned.
  [[nodiscard]] std::vector<subscriber_id> subscribers() const;

  /// Topics that it keeps something of.
  [[nodiscard]] std::size_t topics() const noexcept {
    return topics_.size();
  }

  [[nodiscard]] std::size_t subscriptions() const noexcept {
    return subscriptions_;
  }

  /// Diffs that were made since the start.
  [[nodiscard]] std::uint64_t diffs() const noexcept {
    return diffs_;
  }

private:
  struct member {
    subscriber_id id;
    /// How many of the waiting changes its snapshot had already.
    std::size_t known = 0;
    bool wants_passed = false;
  };

  /// What is kept of one topic.
  struct topic_batch {
    std::string name;
    std::vector<member> members;
    changes waiting;
    std::optional<tick_time> last_flush;
    bool is_scheduled = false; ///< Has a deadline.
    bool is_due = false;       ///< Goes out with what is done now.
  };

  void take_in(change& changed, tick_time now);
  void take_in(subscriber_joined& joined, tick_time now);
  void take_in(subscriber_left& left, tick_time now);
  void take_in(published_event& event, tick_time now);
  void schedule(topic_batch& batch, bool is_leave, tick_time now);
  void flush(topic_batch& batch, tick_time now);
  void send_diff(const topic_batch& batch);
  void send_rest(const topic_batch& batch, member& newcomer);
  topic_batch& batch_for(const std::string& topic);
  void drop_if_unused(topic_batch& batch);
  void unsubscribe(topic_batch& batch, subscriber_id who);

  diff_batcher_settings settings_;
  std::unordered_map<std::string, topic_batch> topics_;
  std::unordered_map<subscriber_id, std::unordered_set<topic_batch*>> records_;
  std::multimap<tick_time, topic_batch*> deadlines_;
  std::vector<topic_batch*> due_;
  std::vector<dispatch_item> items_;
  std::size_t items_done_ = 0;
  std::deque<delivery> out_;
  std::size_t subscriptions_ = 0;
  std::uint64_t diffs_ = 0;
};

} // namespace rollcall::crdt
