#pragma once

#include "app/gateway/counters.hpp"
#include "app/gateway/io_execution_unit.hpp"
#include "app/gateway/outbox.hpp"
#include "app/gateway/shared_subscriptions.hpp"
#include "app/gateway/state_text.hpp"
#include <rollcall/error.hpp>
#include <rollcall/presence_view.hpp>
#include <rollcall/types.hpp>

#include <caf/actor.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rollcall::channels {

using clock = std::chrono::steady_clock;

class http_session;
class session;
struct gateway_core;
struct live_channel;

/// A topic as one I/O thread sees it.
struct local_topic {
  std::string name;
  subscription_handle handle;
  std::vector<live_channel*> members;
  std::size_t users = 0;         ///< Members and those who join.
  std::size_t state_waiters = 0; ///< Members without their `presence_state`.
  std::array<std::size_t, diff_kinds.size()> readers{}; ///< Of each kind.
  bool is_live = false;                                 ///< Diffs arrive.
  bool is_fetching = false;           ///< A list with enrichment was asked for.
  snapshot state_snapshot;            ///< What `state` was made of.
  std::optional<encoded_state> state; ///< As it was sent last, for a moment.
};

/// One I/O thread and all that is pinned to it: sessions, their members lists,
/// timers. No locks, no strands.
///
/// Threads: `post...`, `stop` and `counts` from any; everything else only on
///          the thread itself.
class worker : public std::enable_shared_from_this<worker> {
public:
  worker(gateway_core& core, std::size_t index);

  void start();

  /// Closes all and ends the thread.
  void stop();

  /// The gateway whose I/O thread this is; null if it is none.
  [[nodiscard]] static const gateway_core* of_this_thread() noexcept;

  /// Runs `work` on this thread, in order of the calls; drops it if stopped.
  template <class Work>
  void post(Work work) {
    const std::lock_guard guard{post_mutex_};
    if (!is_stopped_)
      boost::asio::post(io_, std::move(work));
  }

  void post_live(const std::string& topic);
  void post_broadcast(caf::strong_actor_ptr keep,
                      const shared_subscription* from, outgoing frame,
                      std::uint64_t sender);

  void post_diff(caf::strong_actor_ptr keep, const shared_subscription* from,
                 diff_kind kind, shared_bytes payload);

  [[nodiscard]] boost::asio::io_context& context() noexcept {
    return io_;
  }

  [[nodiscard]] gateway_core& core() noexcept {
    return core_;
  }

  [[nodiscard]] io_execution_unit& io_unit() noexcept {
    return io_unit_;
  }

  [[nodiscard]] counters& counts() noexcept {
    return counts_;
  }

  /// Received bytes land here; valid until the next read.
  [[nodiscard]] std::span<char> read_buffer() noexcept {
    return read_buffer_;
  }

  // -- connections ------------------------------------------------------------

  void adopt(boost::asio::ip::tcp::socket socket);
  void add(std::shared_ptr<session> fresh);
  void remove(http_session& gone);
  void remove(session& gone);
  /// Has the session send what waits, after the work at hand.
  void flush_later(std::shared_ptr<session> dirty);

  /// Gives the connection its turn to go on with its TLS handshake. That is a
  /// millisecond of work, so between two of them everybody else has a turn.
  void shake_later(std::shared_ptr<http_session> waiting);
  void disconnect(const std::string& session_id);
  /// Closes one of `of` parts of the sessions.
  void drain(std::size_t of);

  // -- topics -----------------------------------------------------------------

  /// A topic, or why it cannot be subscribed.
  struct topic_use {
    local_topic* place = nullptr;
    ec problem = ec::none;
  };

  [[nodiscard]] topic_use use_topic(const std::string& name);
  void release_topic(local_topic& which);
  void add_member(live_channel& fresh, presence_view view);
  void remove_member(live_channel& gone);

  // -- limits -----------------------------------------------------------------

  /// Takes one join from the bucket. @returns whether there was one.
  [[nodiscard]] bool admit_join();

  /// Looks, after the work at hand, whether the node holds too much that its
  /// clients have not read, if this thread holds more than its share.
  void watch_unsent();

  /// Kills the actor if it still lives after `leave_timeout`.
  void kill_later(const caf::actor& which);

private:
  struct death {
    caf::actor_addr who;
    clock::time_point when;
  };

  void run();
  void close_all();
  void sweep_later();
  void forget_ended();
  void sweep(clock::time_point now);
  void sweep_caches();
  void flush_all();
  void shake_next();
  void relieve();
  [[nodiscard]] std::uint64_t unsent_of_node() const;
  void go_live(const std::string& topic);
  void broadcast(const shared_subscription* from, const outgoing& frame,
                 std::uint64_t sender);
  void send_diff(const shared_subscription* from, diff_kind kind,
                 const shared_bytes& payload);
  void add_reader(local_topic& of, diff_kind kind);
  void remove_reader(local_topic& of, diff_kind kind);
  void send_states(local_topic& to);
  static void push_shared(live_channel& to, std::string_view event,
                          const shared_bytes& payload);
  void send_state(live_channel& to, const encoded_state& state);
  [[nodiscard]] const encoded_state& state_of(local_topic& topic);
  void fetch_state(local_topic& of);
  void take_fetched(const shared_subscription* from,
                    const std::vector<std::uint64_t>& waiting,
                    const encoded_state& state);

  gateway_core& core_;
  const std::size_t index_;
  boost::asio::io_context io_{1};
  io_execution_unit io_unit_;
  boost::asio::steady_timer sweep_timer_{io_};
  std::thread thread_;

  // What is posted after the last poll would hold its worker for ever, through
  // whatever it holds itself: so nothing is.
  std::mutex post_mutex_;
  std::atomic<bool> is_stopped_{false}; ///< Set with the mutex.
  counters counts_;
  std::vector<std::shared_ptr<http_session>> http_sessions_;
  std::vector<std::shared_ptr<session>> sessions_;
  std::vector<std::shared_ptr<session>> dirty_;       ///< To be flushed next.
  std::vector<std::shared_ptr<session>> flushing_;    ///< Being flushed.
  std::deque<std::shared_ptr<http_session>> shaking_; ///< TLS handshakes.
  std::unordered_map<std::string, std::unique_ptr<local_topic>> topics_;
  std::vector<local_topic*> cached_;
  std::deque<death> deaths_;
  bool is_relieving_ = false; ///< `relieve` is on its way.
  std::array<char, 65'536> read_buffer_{};
};

} // namespace rollcall::channels
