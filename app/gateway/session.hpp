#pragma once

#include "app/gateway/channel_table.hpp"
#include "app/gateway/outbox.hpp"
#include "app/gateway/transport.hpp"
#include "app/gateway/websocket.hpp"
#include "app/gateway/worker.hpp"
#include <rollcall/gateway.hpp>

#include <caf/actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace rollcall::channels {

class session;
class session_credit;

/// A channel with what runs it.
struct live_channel final : channel {
  session* owner = nullptr;
  local_topic* place = nullptr;
  caf::actor actor;
  clock::time_point started;
  std::uint32_t member_index = 0;
  bool is_member = false;
  bool wants_state = false;
};

/// What a connect came to.
struct session_identity {
  std::string id; ///< For `disconnect`; may be empty.
  std::shared_ptr<const void> assigns;
  std::shared_ptr<const connect_info> connection;
};

/// One WebSocket client.
///
/// Threads: confined to its worker's thread.
class session final : public std::enable_shared_from_this<session>,
                      private channel_effects {
public:
  /// How long a client may take to answer a close frame.
  static constexpr std::chrono::seconds close_timeout{2};

  session(worker& home, transport bytes, session_identity who);
  ~session() override;

  /// Sends the `101` answer and takes what came behind the request.
  void start(std::string answer, std::span<char> received);

  /// Queues a frame. Above the bound the session is closed, later.
  void send_frame(outgoing frame);

  /// Writes what waits.
  void flush();

  void close(websocket::close_code code, std::string_view reason);

  /// Ends the session at once.
  void abort();

  /// Looks at the clocks of the session.
  void sweep(clock::time_point now);

  /// Reads again after its channels were too busy.
  void resume();

  [[nodiscard]] channel_table& channels() noexcept {
    return table_;
  }

  [[nodiscard]] const std::string& id() const noexcept {
    return who_.id;
  }

  [[nodiscard]] bool is_closing() const noexcept {
    return is_closing_;
  }

  std::size_t index = 0; ///< Among the sessions of its worker.

private:
  void read_later(transport::status why);
  void read();
  void take(std::span<char> received);
  void handle(const websocket::incoming& what);
  void handle_text(std::string_view frame);
  void handle_binary(std::string_view frame);
  void handle_close(std::string_view payload);
  void fail(problem what);
  void fail(websocket::close_code violation);
  void send_control(std::string frame);
  void write_later(transport::status why);

  // -- channel_effects --------------------------------------------------------
  void send(encoded frame) override;
  bool serves(std::string_view topic) override;
  bool admits_join() override;
  std::unique_ptr<channel> make_channel() override;
  bool start(channel& which, body params) override;
  void enter(channel& which, bool and_state) override;
  void deliver(channel& which, message what) override;
  void leave(channel& which) override;
  void release(channel& which, bool is_ended) override;
  void count(refusal why) override;
  void count_crash() override;
  void close(websocket::close_code code, std::string_view reason,
             refusal why) override;

  worker& home_;
  transport bytes_;
  session_identity who_;
  websocket::reader reader_;
  outbox outbox_;
  channel_table table_;
  std::shared_ptr<session_credit> credit_; ///< From the first event on.
  clock::time_point last_received_;
  clock::time_point close_deadline_;
  bool is_dirty_ = false;   ///< Its worker will flush it.
  bool is_writing_ = false; ///< Waits until it can write.
  bool is_paused_ = false;  ///< Does not read, see `session_credit`.
  bool is_overflown_ = false;
  bool is_closing_ = false;     ///< A close frame is on its way.
  bool is_peer_closed_ = false; ///< The client sent one.
  bool is_gone_ = false;
};

} // namespace rollcall::channels
