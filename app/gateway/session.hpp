#pragma once

#include "app/gateway/channel_table.hpp"
#include "app/gateway/client_limits.hpp"
#include "app/gateway/outbox.hpp"
#include "app/gateway/socket_stream.hpp"
#include "app/gateway/worker.hpp"
#include <rollcall/gateway.hpp>

#include <caf/actor.hpp>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace rollcall::channels {

class session;
class session_credit;
class push_turns;

/// A channel with what runs it.
struct live_channel final : channel {
  session* owner = nullptr;
  local_topic* place = nullptr;
  caf::actor actor;
  clock::time_point started;
  std::uint32_t member_index = 0;
  bool is_member = false;
  bool wants_state = false;
  std::optional<diff_kind> diffs; ///< Of a member; none if it wants none.
};

/// The embedder's data of a session, which a fresh token may replace while its
/// channels look at it.
///
/// Threads: any.
class session_assigns {
public:
  explicit session_assigns(std::shared_ptr<const void> first)
      : latest_{std::move(first)} {
  }

  [[nodiscard]] std::shared_ptr<const void> get() const {
    const std::lock_guard guard{mutex_};
    return latest_;
  }

  void set(std::shared_ptr<const void> latest) {
    const std::lock_guard guard{mutex_};
    latest_.swap(latest); // What it was is freed when the lock is free again.
  }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<const void> latest_;
};

/// What a connect came to.
struct session_identity {
  std::string id; ///< For `disconnect`; may be empty.
  std::shared_ptr<const void> assigns;
  std::shared_ptr<const connect_info> connection;
  clock::time_point expires_at = clock::time_point::max();
};

/// The embedder's time as the clock of the sessions shows it; empty: never.
[[nodiscard]] clock::time_point
steady_time(std::optional<std::chrono::system_clock::time_point> when);

/// One WebSocket client: Beast cuts its bytes into messages, this decides what
/// becomes of them.
///
/// Threads: confined to its worker's thread.
class session final : public std::enable_shared_from_this<session>,
                      private channel_effects {
public:
  using error_code = boost::system::error_code;
  using request_type
      = boost::beast::http::request<boost::beast::http::string_body>;

  /// How long a client may take to answer a close frame, and to hang up.
  static constexpr std::chrono::seconds close_timeout{2};

  /// A message above `frame_bytes_max` is skipped and answered with an error if
  /// it is at most this many times as large; above, the session is closed.
  static constexpr std::size_t skip_factor = 16;

  /// Times that a session fills its socket before others have their turn. Each
  /// is at most a piece of a message and what gathered before it.
  static constexpr int writes_per_turn_max = 8;

  /// @param received came behind the request.
  session(worker& home, transport bytes, std::string received,
          session_identity who);
  ~session() override;

  /// Answers the request, which must be a valid upgrade.
  void start(const request_type& request, std::string subprotocol);

  /// Queues a message. Above the bound the session is closed, later.
  void send_message(outgoing message);

  /// Writes what waits.
  void flush();

  /// Says goodbye once all that waits is written.
  void close(close_code code, std::string_view reason);

  /// Closes the session of a user who is thrown out: its presences leave as
  /// kicked, and do not linger.
  void kick();

  /// Ends the session at once.
  void abort();

  /// Closes the session and drops what waits for its client.
  void shed();

  /// Looks at the clocks of the session.
  void sweep(clock::time_point now);

  /// Reads again after its channels were too busy.
  void resume();

  /// A channel wants to push more than should wait here at once.
  void await_turn(std::uint64_t channel, std::size_t waiting_bytes);

  /// The channel whose turn it was has pushed.
  void end_turn();

  /// What `client::assigns` gives to its channels.
  [[nodiscard]] const std::shared_ptr<session_assigns>& assigns() const {
    return assigns_;
  }

  [[nodiscard]] channel_table& channels() noexcept {
    return table_;
  }

  [[nodiscard]] const std::string& id() const noexcept {
    return who_.id;
  }

  [[nodiscard]] bool is_closing() const noexcept {
    return is_closing_;
  }

  /// What its client has not read yet, when it was looked at last.
  [[nodiscard]] std::size_t unsent_bytes() const noexcept {
    return unsent_.get();
  }

  std::size_t index = 0; ///< Among the sessions of its worker.

private:
  using websocket_stream
      = boost::beast::websocket::stream<socket_stream, false>;

  void read();
  void take(error_code problem);
  void handle(std::string_view bytes);
  /// Takes what came of a message that is too large, and keeps its head.
  /// @returns whether it is.
  [[nodiscard]] bool skip();
  void take_message(bool is_skipped);
  void refuse(std::string_view bytes, problem why);
  /// Looks at the limits of the client and of its user; answers what is above.
  [[nodiscard]] bool admits(const message& message);
  void fail(problem why);
  void end_reading(error_code problem);
  void write();
  void encode();
  void write_soon();
  void write_later(transport::status why);
  void prepare_goodbye(close_code code, std::string_view reason);
  void hold(clock::duration delay);
  void end_hold();
  void count_unsent();
  void give_turn();
  [[nodiscard]] std::size_t waiting_bytes() const noexcept;
  [[nodiscard]] bool is_stalled(clock::time_point now);
  void say_close();
  void begin_closing();
  void hang_up();
  void end_writing();
  void await_end();
  void log_close(std::string_view reason, refusal why, unsigned code);

  // -- channel_effects --------------------------------------------------------
  void send(encoded frame) override;
  bool serves(std::string_view topic) override;
  bool admits_join() override;
  std::optional<std::string> renew(const body& payload) override;
  std::unique_ptr<channel> make_channel() override;
  std::string_view start(channel& which, body params) override;
  void enter(channel& which, presence_view view) override;
  void deliver(channel& which, message message) override;
  void leave(channel& which) override;
  void release(channel& which, bool is_ended) override;
  void count(refusal why) override;
  void count_crash() override;
  void close(close_code code, std::string_view reason, refusal why) override;

  worker& home_;
  session_identity who_;
  const std::shared_ptr<session_assigns> assigns_;
  websocket_stream stream_;
  boost::beast::flat_buffer received_;
  outbox outbox_;
  channel_table table_;
  client_budget budget_;
  token_bucket refusals_;
  std::shared_ptr<user_budgets::account> user_; ///< Empty: not limited.
  std::shared_ptr<session_credit> credit_;      ///< From the first event on.
  std::unique_ptr<push_turns> turns_;           ///< From the first wish on.
  std::optional<boost::beast::websocket::close_reason> goodbye_; ///< Not said.
  std::unique_ptr<std::string> skipped_head_; ///< Of a too large message.
  clock::time_point held_until_;              ///< If `is_held_`.
  clock::time_point idle_since_;
  clock::time_point close_deadline_;
  clock::time_point stalled_since_; ///< If `is_blocked_`.
  write_progress progress_;         ///< Then.
  counted_bytes unsent_;
  bool is_open_ = false;    ///< The upgrade is done.
  bool is_dirty_ = false;   ///< Its worker will flush it.
  bool is_writing_ = false; ///< Waits until it can write.
  bool is_blocked_ = false; ///< Waits for its client to read.
  bool is_paused_ = false;  ///< Does not read, see `session_credit`.
  bool is_overflown_ = false;
  bool is_held_ = false; ///< Will be closed, see `gateway_config::close_delay`.
  bool is_kicked_ = false;
  bool is_closing_ = false; ///< The conversation is over.
  bool is_hanging_up_ = false;
  bool is_gone_ = false;
};

} // namespace rollcall::channels
