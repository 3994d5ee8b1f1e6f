#pragma once

#include "actors/diff_queue.hpp"
#include "actors/hook_runner.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_clock.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/message.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace rollcall {

/// The work of a dispatcher, without the actor: keeps who subscribed to what,
/// merges changes within the window, runs the hooks. It outlives the actor, so
/// that a restarted one goes on where the last one ended.
///
/// Shape:   grows with subscriptions and with what waits for its window.
/// Threads: one at a time, but for `stats` members and `hooks`.
class dispatch_desk {
public:
  using time_point = caf::actor_clock::time_point;

  /// Takes a message for a subscriber.
  using deliver_function = std::function<void(const caf::strong_actor_ptr& to,
                                              const caf::message& what)>;

  /// Learns that a subscriber of a topic ended.
  using unwatch_function = std::function<void(const std::string& topic,
                                              const caf::actor_addr& ended)>;

  dispatch_desk(std::shared_ptr<diff_queue> queue,
                std::chrono::milliseconds window, hooks_factory make_hooks,
                unwatch_function unwatch);

  /// Does all that is in the queue or due.
  void work(time_point now, const deliver_function& deliver);

  /// When the next window ends, if one is open.
  [[nodiscard]] std::optional<time_point> next_deadline() const;

  /// Subscribers that came in since the last call, to be monitored.
  [[nodiscard]] std::vector<caf::strong_actor_ptr> take_newcomers();

  /// Every subscriber, for a dispatcher that starts anew.
  [[nodiscard]] std::vector<caf::strong_actor_ptr> subscribers() const;

  /// Ends all subscriptions of an actor.
  void remove(const caf::actor_addr& ended);

  /// Topics that it keeps something of.
  [[nodiscard]] std::size_t topics() const noexcept {
    return topics_.size();
  }

  [[nodiscard]] hook_runner& hooks() noexcept {
    return hooks_;
  }

  [[nodiscard]] std::uint64_t diffs() const noexcept {
    return diffs_.load(std::memory_order_relaxed);
  }

  [[nodiscard]] std::size_t subscriptions() const noexcept {
    return subscriptions_.load(std::memory_order_relaxed);
  }

private:
  struct subscriber {
    caf::strong_actor_ptr handle;
    /// How many of the waiting changes its snapshot had already.
    std::size_t known = 0;
    bool wants_passed = false;
  };

  struct topic_desk {
    std::string name;
    std::vector<subscriber> subscribers;
    crdt::changes waiting;
    std::optional<time_point> last_flush;
    bool is_scheduled = false; ///< Has a deadline or is due now.
  };

  struct subscriber_record {
    caf::strong_actor_ptr handle;
    std::unordered_set<topic_desk*> topics;
  };

  void take_in(crdt::change& what);
  void take_in(subscriber_joined& what);
  void take_in(subscriber_left& what);
  void take_in(topic_event_ptr& what);
  void schedule(topic_desk& desk, bool is_leave);
  void flush_due();
  void flush(topic_desk& desk);
  static std::shared_ptr<diff> diff_of(const topic_desk& desk,
                                       std::size_t known);
  void send_diff(const topic_desk& desk, std::shared_ptr<const diff> change);
  void send_rest(const topic_desk& desk, subscriber& newcomer);
  topic_desk& desk_for(const std::string& topic);
  void drop_if_unused(topic_desk& desk);
  void unsubscribe(topic_desk& desk, const caf::strong_actor_ptr& who);

  const std::shared_ptr<diff_queue> queue_;
  const std::chrono::milliseconds window_;
  hook_runner hooks_;
  unwatch_function unwatch_;

  std::unordered_map<std::string, topic_desk> topics_;
  std::unordered_map<caf::actor_addr, subscriber_record> subscribers_;
  std::vector<caf::strong_actor_ptr> newcomers_;
  std::multimap<time_point, topic_desk*> deadlines_;
  std::vector<topic_desk*> due_;
  std::vector<dispatch_item> batch_; ///< Survives a dispatcher that ends in it.
  std::size_t batch_done_ = 0;

  // Of the current call of `work`.
  time_point now_;
  const deliver_function* deliver_ = nullptr;

  std::atomic<std::uint64_t> diffs_ = 0;
  std::atomic<std::size_t> subscriptions_ = 0;
};

} // namespace rollcall
