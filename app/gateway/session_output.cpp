// The session's way out: what it writes, and how it ends.
#include "app/gateway/gateway_core.hpp"
#include "app/gateway/log_line.hpp"
#include "app/gateway/session.hpp"
#include "app/gateway/session_credit.hpp"

#include <array>
#include <utility>

namespace rollcall::channels {

using websocket::close_code;

// -- writing ------------------------------------------------------------------

void session::send_frame(outgoing frame) {
  if (is_closing_ || is_overflown_)
    return;
  home_.counts().frames_out.add(1);
  // Closing here would change the members list that may be under way.
  if (!outbox_.push(std::move(frame)))
    is_overflown_ = true;
  if (!is_dirty_ && (!is_writing_ || is_overflown_)) {
    is_dirty_ = true;
    home_.flush_later(shared_from_this());
  }
}

void session::send_control(std::string frame) {
  if (!outbox_.push({share(std::move(frame)), nullptr}))
    is_overflown_ = true;
  home_.flush_later(shared_from_this());
}

void session::flush() {
  is_dirty_ = false;
  if (is_gone_)
    return;
  if (is_overflown_ && !is_closing_)
    close(close_code::policy, "client reads too slowly",
          refusal::outbox_overflow);
  if (is_writing_)
    return;
  while (!outbox_.empty()) {
    std::array<std::string_view, 32> places;
    const auto used = outbox_.gather(places);
    const auto result = bytes_.write(std::span{places}.first(used));
    home_.counts().bytes_out.add(result.bytes);
    outbox_.consume(result.bytes);
    if (result.what == transport::status::closed) {
      abort();
      return;
    }
    if (result.what != transport::status::ok) {
      write_later(result.what);
      return;
    }
  }
  if (is_closing_ && is_peer_closed_)
    abort();
  else if (is_closing_ && reader_.violation() != close_code::none)
    bytes_.end_writing(); // Its answer cannot be read: wait for its end.
}

void session::write_later(transport::status why) {
  is_writing_ = true;
  bytes_.wait(why, [self = shared_from_this()](boost::system::error_code ec) {
    self->is_writing_ = false;
    if (!ec)
      self->flush();
  });
}

// -- ending -------------------------------------------------------------------

void session::close(close_code code, std::string_view reason) {
  if (is_closing_)
    return;
  is_closing_ = true;
  close_deadline_ = clock::now() + close_timeout;
  table_.clear();
  if (is_overflown_)
    outbox_.drop_unstarted();
  const auto number = static_cast<std::uint16_t>(code);
  outbox_.push_last({share(websocket::encode_close(number, reason)), nullptr});
  home_.flush_later(shared_from_this());
  if (std::exchange(is_paused_, false))
    read_later(transport::status::want_read); // For its answer.
}

void session::close(close_code code, std::string_view reason, refusal why) {
  if (is_closing_)
    return;
  home_.counts().refuse(why);
  gateway_log(log_level::info, "session closed: {} reason={} code={} peer={}:{}", reason,
              to_string(why), static_cast<unsigned>(code),
              who_.connection->peer_address, who_.connection->peer_port);
  close(code, reason);
}

void session::abort() {
  if (std::exchange(is_gone_, true))
    return;
  is_closing_ = true;
  table_.clear();
  credit_.reset(); // It points to our worker.
  bytes_.close();
  home_.remove(*this);
}

void session::sweep(clock::time_point now) {
  if (is_closing_) {
    if (now >= close_deadline_)
      abort();
    return;
  }
  const auto& settings = home_.core().settings;
  table_.expire_joins([&settings, now](const channel& which) {
    const auto& started = static_cast<const live_channel&>(which).started;
    return now - started >= settings.join_timeout;
  });
  if (is_paused_)
    last_received_ = now; // Silent because we do not listen.
  else if (now - last_received_ >= settings.idle_timeout)
    close(close_code::protocol_error, "idle", refusal::idle);
}

} // namespace rollcall::channels
