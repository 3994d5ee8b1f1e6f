// The session's way out: what it writes, and how it ends.
#include "app/gateway/gateway_core.hpp"
#include "app/gateway/log_line.hpp"
#include "app/gateway/push_turns.hpp"
#include "app/gateway/session.hpp"
#include "app/gateway/session_credit.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::channels {

namespace websocket = boost::beast::websocket;

namespace {

/// Whether the client was closed for what it sent, so that one which comes back
/// at once is likely to send it again.
bool is_held_for(refusal why) noexcept {
  switch (why) {
  case refusal::malformed_frame:
  case refusal::invalid_utf8:
  case refusal::frame_too_large:
  case refusal::flood:
    return true;
  default:
    return false;
  }
}

} // namespace

clock::time_point
steady_time(std::optional<std::chrono::system_clock::time_point> when) {
  if (!when)
    return clock::time_point::max();
  const auto now = std::chrono::system_clock::now();
  if (*when <= now)
    return clock::now();
  return clock::now()
         + std::chrono::duration_cast<clock::duration>(*when - now);
}

// -- writing ------------------------------------------------------------------

void session::send_message(outgoing message) {
  if (is_closing_ || is_overflown_ || is_held_)
    return;
  home_.counts().frames_out.add(1);
  // Closing here would change the members list that may be under way.
  if (!outbox_.push(std::move(message)))
    is_overflown_ = true;
  if (is_writing_) {
    count_unsent();
    home_.watch_unsent();
  }
  if (!is_dirty_ && (!is_writing_ || is_overflown_)) {
    is_dirty_ = true;
    home_.flush_later(shared_from_this());
  }
}

void session::flush() {
  is_dirty_ = false;
  if (is_gone_ || is_hanging_up_)
    return;
  if (is_held_ && !goodbye_)
    return; // Beast's close frame is among what would be written.
  if (is_overflown_ && !is_closing_)
    close(close_code::policy, "client reads too slowly",
          refusal::outbox_overflow);
  if (!is_writing_)
    write();
}

void session::write() {
  auto& stream = stream_.next_layer();
  auto status = transport::status::ok;
  for (int i = 0; status == transport::status::ok; ++i) {
    encode();
    give_turn();
    if (stream.is_flushed() && outbox_.empty()) {
      count_unsent();
      end_writing();
      return;
    }
    if (i == writes_per_turn_max) {
      write_soon();
      return;
    }
    status = stream.flush();
  }
  if (status == transport::status::closed)
    abort();
  else
    write_later(status);
}

/// Has Beast frame what fits, about a piece of a large message. Its answers to
/// pings may come between frames, never into one: each is written in one call.
void session::encode() {
  std::size_t framed = 0;
  while (!outbox_.empty() && stream_.next_layer().has_room()
         && framed < outbox::piece_bytes_max) {
    const auto next = outbox_.next();
    framed += boost::asio::buffer_size(next.buffers);
    error_code problem;
    stream_.binary(next.is_binary);
    stream_.write_some(next.is_last, next.buffers, problem);
    if (problem)
      outbox_.clear(); // The close frame is out: nobody wants them any more.
    else
      outbox_.pop(next);
  }
}

/// The client reads as fast as it is written to: others first.
void session::write_soon() {
  is_writing_ = true;
  count_unsent();
  boost::asio::post(home_.context(), [self = shared_from_this()] {
    self->is_writing_ = false;
    if (!self->is_gone_)
      self->write();
  });
}

void session::write_later(transport::status why) {
  if (!is_blocked_) {
    stalled_since_ = clock::now();
    progress_ = stream_.next_layer().progress();
  }
  is_writing_ = true;
  is_blocked_ = true;
  count_unsent();
  stream_.next_layer().bytes().wait(
      why, [self = shared_from_this()](error_code problem) {
        self->is_writing_ = false;
        if (!problem && !self->is_gone_)
          self->write();
      });
}

void session::count_unsent() {
  unsent_.set(outbox_.held_bytes() + stream_.next_layer().gathered_bytes()
              + waiting_bytes());
}

/// Whether the client has read nothing for too long. What it sends meanwhile is
/// no excuse: the answers wait here.
bool session::is_stalled(clock::time_point now) {
  if (!is_blocked_)
    return false;
  const auto latest = stream_.next_layer().progress();
  if (latest != progress_) {
    progress_ = latest;
    stalled_since_ = now;
  }
  return now - stalled_since_ >= home_.core().settings.write_timeout;
}

/// All is written: goes on with closing, if that is under way.
void session::end_writing() {
  is_blocked_ = false;
  if (is_hanging_up_) {
    stream_.next_layer().bytes().end_writing();
    await_end();
  } else if (goodbye_ && is_closing_) {
    say_close();
  }
}

// -- ending -------------------------------------------------------------------

void session::close(close_code code, std::string_view reason) {
  if (is_closing_)
    return;
  if (!is_open_) {
    abort();
    return;
  }
  if (is_held_) { // For longer than whoever wants to close now would wait.
    end_hold();
    return;
  }
  begin_closing();
  if (is_overflown_)
    outbox_.clear();
  prepare_goodbye(code, reason);
  home_.flush_later(shared_from_this());
}

void session::prepare_goodbye(close_code code, std::string_view reason) {
  const auto number = static_cast<websocket::close_code>(code);
  reason = reason.substr(0, websocket::reason_string::static_capacity);
  goodbye_.emplace(number,
                   boost::beast::string_view{reason.data(), reason.size()});
}

void session::close(close_code code, std::string_view reason, refusal why) {
  if (is_closing_ || is_held_)
    return;
  home_.counts().refuse(why);
  log_close(reason, why, static_cast<unsigned>(code));
  const auto delay = home_.core().settings.close_delay;
  if (!is_open_ || !is_held_for(why) || delay.count() == 0) {
    close(code, reason);
    return;
  }
  prepare_goodbye(code, reason);
  hold(delay);
}

/// phoenix.js comes back 10 ms after a close and does the same again. So it
/// keeps its place, and its connection, for a while: the others see at most one
/// leave in that time, and the node bears at most one connect.
void session::hold(clock::duration delay) {
  is_held_ = true;
  held_until_ = clock::now() + delay;
}

void session::end_hold() {
  is_held_ = false;
  begin_closing();
  if (goodbye_)
    home_.flush_later(shared_from_this());
  else
    hang_up();
}

void session::log_close(std::string_view reason, refusal why, unsigned code) {
  gateway_log(log_level::info,
              "session closed: {} reason={} code={} remote={}:{}", reason,
              to_string(why), code, who_.connection->remote_address,
              who_.connection->remote_port);
}

/// Its channels end now, however long the client takes to answer.
void session::begin_closing() {
  if (std::exchange(is_closing_, true))
    return;
  close_deadline_ = clock::now() + close_timeout;
  table_.clear();
  turns_.reset();
}

void session::say_close() {
  const auto why = *std::exchange(goodbye_, std::nullopt);
  stream_.async_close(
      why, [self = shared_from_this()](error_code) { self->hang_up(); });
  home_.flush_later(shared_from_this());
}

/// The close frames are exchanged, or the client's bytes make no sense.
void session::hang_up() {
  if (is_gone_ || std::exchange(is_hanging_up_, true))
    return;
  goodbye_.reset();
  if (!is_writing_)
    write();
}

/// Closing with unread bytes would be a reset, which may overtake our last
/// frame: so it is the client that closes, or the deadline.
void session::await_end() {
  auto& bytes = stream_.next_layer().bytes();
  const auto result = bytes.read(home_.read_buffer());
  if (result.status == transport::status::closed) {
    abort();
    return;
  }
  bytes.wait(transport::status::want_read,
             [self = shared_from_this()](error_code problem) {
               if (!problem && !self->is_gone_)
                 self->await_end();
             });
}

void session::shed() {
  outbox_.clear();
  count_unsent();
  close(close_code::policy, "client reads too slowly, the node is full",
        refusal::unsent_bytes_max);
}

void session::kick() {
  is_kicked_ = true;
  close(close_code::going_away, "disconnected");
}

void session::abort() {
  if (std::exchange(is_gone_, true))
    return;
  outbox_.clear();
  unsent_.set(0);
  is_closing_ = true;
  table_.clear();
  turns_.reset();
  credit_.reset(); // It points to our worker.
  stream_.next_layer().bytes().close();
  home_.remove(*this);
}

void session::sweep(clock::time_point now) {
  if (is_closing_) {
    if (now >= close_deadline_)
      abort();
    return;
  }
  if (is_held_) {
    if (now >= held_until_)
      end_hold();
    return;
  }
  if (is_stalled(now)) {
    // A close frame could not be written either.
    home_.counts().refuse(refusal::write_timeout);
    log_close("client does not read", refusal::write_timeout, 1006);
    abort();
    return;
  }
  const auto& settings = home_.core().settings;
  table_.expire_joins([&settings, now](const channel& which) {
    const auto& started = static_cast<const live_channel&>(which).started;
    return now - started >= settings.join_timeout;
  });
  if (now >= who_.expires_at) {
    close(close_code::unauthorized, "the token expired",
          refusal::token_expired);
    return;
  }
  idle_since_ = std::max(idle_since_, stream_.next_layer().last_received());
  if (is_paused_)
    idle_since_ = now; // Silent because we do not listen.
  else if (now - idle_since_ >= settings.idle_timeout)
    close(close_code::protocol_error, "idle", refusal::idle);
}

} // namespace rollcall::channels
