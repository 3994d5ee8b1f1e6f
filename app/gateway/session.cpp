#include "app/gateway/session.hpp"

#include "app/gateway/gateway_core.hpp"
#include "app/gateway/session_credit.hpp"

#include <utility>

namespace rollcall::channels {

namespace {

constexpr int reads_at_once = 8;

} // namespace

using websocket::close_code;
using websocket::opcode;

session::session(worker& home, transport bytes, session_identity who)
    : home_{home},
      bytes_{std::move(bytes)},
      who_{std::move(who)},
      reader_{static_cast<std::uint32_t>(home.core().settings.frame_bytes_max)},
      outbox_{home.core().settings.outbox_bytes_max},
      table_{*this, home.core().settings.channels_per_session_max},
      last_received_{clock::now()} {
}

session::~session() = default;

void session::start(std::string answer, std::span<char> received) {
  outbox_.push_last({share(std::move(answer)), nullptr});
  flush();
  if (!received.empty())
    take(received);
  if (!is_gone_)
    read_later(transport::status::want_read);
}

// -- reading ------------------------------------------------------------------

void session::read_later(transport::status why) {
  bytes_.wait(why, [self = shared_from_this()](boost::system::error_code ec) {
    if (!ec && !self->is_gone_)
      self->read();
  });
}

void session::read() {
  for (int i = 0; i < reads_at_once; ++i) {
    const auto result = bytes_.read(home_.read_buffer());
    if (result.bytes > 0) {
      last_received_ = clock::now();
      home_.counts().bytes_in.add(result.bytes);
      take(home_.read_buffer().first(result.bytes));
    }
    if (is_gone_)
      return;
    if (result.what == transport::status::closed) {
      abort();
      return;
    }
    is_paused_ = credit_ && !is_closing_ && credit_->must_pause();
    if (is_paused_)
      return;
    if (result.what != transport::status::ok) {
      read_later(result.what);
      return;
    }
  }
  // The others of this thread want to be read, too.
  home_.post([self = shared_from_this()] {
    if (!self->is_gone_)
      self->read();
  });
}

void session::resume() {
  if (std::exchange(is_paused_, false) && !is_gone_)
    read();
}

void session::take(std::span<char> received) {
  if (reader_.violation() != close_code::none)
    return; // Closing: the rest means nothing.
  reader_.feed(received);
  while (const auto what = reader_.next()) {
    handle(*what);
    if (is_gone_)
      return;
  }
  if (reader_.violation() != close_code::none && !is_closing_)
    fail(reader_.violation());
}

void session::handle(const websocket::incoming& what) {
  if (what.kind == opcode::close) {
    handle_close(what.payload);
    return;
  }
  if (is_closing_)
    return;
  if (what.kind == opcode::ping) {
    send_control(websocket::encode(opcode::pong, what.payload));
  } else if (what.kind == opcode::text) {
    home_.counts().frames_in.add(1);
    handle_text(what.payload);
  } else if (what.kind == opcode::binary) {
    home_.counts().frames_in.add(1);
    handle_binary(what.payload);
  }
}

void session::handle_text(std::string_view frame) {
  message what;
  const decode_limits limits{home_.core().settings.json_depth_max};
  if (const auto failed = decode_text(frame, limits, what);
      failed != problem::none)
    fail(failed);
  else
    table_.receive(std::move(what));
}

void session::handle_binary(std::string_view frame) {
  message what;
  if (const auto failed = decode_binary(frame, what); failed != problem::none)
    fail(failed);
  else
    table_.receive(std::move(what));
}

void session::handle_close(std::string_view payload) {
  is_peer_closed_ = true;
  if (!is_closing_) {
    const auto asked = websocket::decode_close(payload);
    const auto code = asked.answer != close_code::none
                          ? static_cast<std::uint16_t>(asked.answer)
                          : asked.code;
    is_closing_ = true;
    close_deadline_ = clock::now() + close_timeout;
    table_.clear();
    send_control(code == 0 ? websocket::encode(opcode::close, {})
                           : websocket::encode_close(code, {}));
  }
  home_.flush_later(shared_from_this());
}

void session::fail(problem what) {
  const bool is_utf8_problem = what == problem::invalid_utf8;
  close(is_utf8_problem ? close_code::invalid_utf8 : close_code::policy,
        describe(what),
        is_utf8_problem ? refusal::invalid_utf8 : refusal::malformed_frame);
}

void session::fail(close_code violation) {
  if (violation == close_code::too_big)
    close(violation, "message is too large", refusal::frame_too_large);
  else
    close(violation, "protocol violation", refusal::protocol_error);
}

} // namespace rollcall::channels
