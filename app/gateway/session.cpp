// The session's way in: from the upgrade to the messages of the client.
#include "app/gateway/session.hpp"

#include "app/gateway/gateway_core.hpp"
#include "app/gateway/log_line.hpp"
#include "app/gateway/push_turns.hpp"
#include "app/gateway/session_credit.hpp"

#include <boost/beast/websocket/error.hpp>

#include <algorithm>
#include <utility>

namespace rollcall::channels {

namespace websocket = boost::beast::websocket;

namespace {

/// Room for most messages. A session that waits for one holds no more, since
/// there are many of those.
constexpr std::size_t idle_buffer_bytes = 256;

/// What is kept of a message that is too large: enough for refs, topic and
/// event at their bounds, however they are escaped.
constexpr std::size_t head_bytes_max = 8192;

/// Why Beast closed the session; nothing if the client just went.
std::optional<refusal> violation(boost::system::error_code problem) {
  if (problem == websocket::error::closed
      || problem.category()
             != websocket::make_error_code(websocket::error::closed).category())
    return std::nullopt;
  if (problem == websocket::error::message_too_big)
    return refusal::frame_too_large;
  if (problem == websocket::error::bad_frame_payload)
    return refusal::invalid_utf8;
  return refusal::protocol_error;
}

} // namespace

session::session(worker& home, transport bytes, std::string received,
                 session_identity who)
    : home_{home},
      who_{std::move(who)},
      assigns_{std::make_shared<session_assigns>(std::move(who_.assigns))},
      stream_{home.context(), std::move(bytes), std::move(received),
              home.counts()},
      outbox_{home.core().settings.outbox_bytes_max},
      table_{*this, home.core().settings.channels_per_session_max},
      user_{home.core().users.open(who_.id, clock::now())},
      idle_since_{clock::now()},
      unsent_{home.counts().unsent_bytes} {
}

session::~session() = default;

void session::start(const request_type& request, std::string subprotocol) {
  stream_.auto_fragment(false); // The outbox decides what is a frame.
  stream_.read_message_max(home_.core().settings.frame_bytes_max * skip_factor);
  stream_.control_callback(
      [this](websocket::frame_type kind, boost::beast::string_view) {
        if (kind == websocket::frame_type::close) {
          // Beast would say 1000, after which some clients do not come back.
          if (stream_.reason().code == websocket::close_code::none)
            stream_.next_layer().answer_close_empty();
          begin_closing();
        }
        home_.flush_later(shared_from_this()); // Beast answers it next.
      });
  stream_.set_option(websocket::stream_base::decorator(
      [subprotocol = std::move(subprotocol)](websocket::response_type& answer) {
        answer.set(boost::beast::http::field::server, "rollcall");
        if (!subprotocol.empty())
          answer.set(boost::beast::http::field::sec_websocket_protocol,
                     subprotocol);
      }));
  stream_.async_accept(request,
                       [self = shared_from_this()](error_code problem) {
                         if (self->is_gone_)
                           return;
                         self->is_open_ = !problem;
                         if (problem)
                           self->abort();
                         else
                           self->read();
                         self->flush();
                       });
}

void session::read() {
  const auto bytes_max = received_.size() == 0 ? idle_buffer_bytes : 0;
  stream_.async_read_some(
      received_, bytes_max,
      [self = shared_from_this()](error_code problem, std::size_t) {
        self->take(problem);
      });
}

void session::take(error_code problem) {
  if (is_gone_)
    return;
  if (problem) {
    end_reading(problem);
    return;
  }
  const bool is_skipped = !is_closing_ && skip();
  if (!stream_.is_message_done() && !is_closing_) {
    read();
    return;
  }
  if (!is_closing_)
    take_message(is_skipped);
  received_.consume(received_.size());
  if (received_.capacity() > idle_buffer_bytes)
    received_.shrink_to_fit();
  if (is_gone_ || is_closing_ || is_held_)
    return; // Whoever closes reads on, for the answer.
  is_paused_ = credit_ && credit_->must_pause();
  if (!is_paused_)
    read();
}

void session::take_message(bool is_skipped) {
  home_.counts().frames_in.add(1);
  if (is_skipped) {
    const auto head = std::exchange(skipped_head_, nullptr);
    refuse(*head, problem::too_large);
    return;
  }
  const auto bytes = received_.cdata();
  handle({static_cast<const char*>(bytes.data()), bytes.size()});
  home_.io_unit().run(); // At once: others may wait for the same shard.
}

bool session::skip() {
  if (!skipped_head_) {
    if (received_.size() <= home_.core().settings.frame_bytes_max)
      return false;
    const auto bytes = received_.cdata();
    skipped_head_
        = std::make_unique<std::string>(static_cast<const char*>(bytes.data()),
                                        std::min(bytes.size(), head_bytes_max));
  }
  received_.consume(received_.size());
  return true;
}

void session::resume() {
  if (std::exchange(is_paused_, false) && !is_gone_ && !is_closing_
      && !is_held_)
    read();
}

void session::handle(std::string_view bytes) {
  message message;
  const decode_limits limits{home_.core().settings.json_depth_max};
  const auto failed = stream_.got_text() ? decode_text(bytes, limits, message)
                                         : decode_binary(bytes, message);
  if (failed != problem::none)
    refuse(bytes, failed);
  else if (admits(message))
    table_.receive(std::move(message));
}

/// A client that comes back at once, as phoenix.js does, would join again with
/// the same message: an answer spares the others its leaves.
void session::refuse(std::string_view bytes, problem why) {
  if (is_answerable(why))
    if (const auto head = stream_.got_text() ? read_text_head(bytes)
                                             : read_binary_head(bytes)) {
      if (admits(message{})) // It counts; above the limits without an answer.
        table_.refuse(*head, why);
      return;
    }
  fail(why);
}

bool session::admits(const message& message) {
  const auto& core = home_.core();
  const auto now = clock::now();
  auto admitted = budget_.take(message, core.client_limits, now);
  if (!admitted.refused && user_)
    admitted = user_->take(message, core.user_limits, now);
  if (!admitted.refused)
    return true;
  if (refusals_.take(refused_messages, now) > clock::duration::zero()) {
    close(close_code::policy, "went on though it was rate limited",
          refusal::rate_limit);
    return false;
  }
  home_.counts().refuse(*admitted.refused);
  if (message.ref != null_ref)
    send(encode_reply(message.join_ref, message.ref, message.topic, "error",
                      {rate_limited(admitted.retry_after)}));
  return false;
}

void session::fail(problem why) {
  if (why == problem::invalid_utf8)
    close(close_code::invalid_utf8, describe(why), refusal::invalid_utf8);
  else if (why == problem::too_large)
    close(close_code::too_large, describe(why), refusal::frame_too_large);
  else
    close(close_code::policy, describe(why), refusal::malformed_frame);
}

void session::end_reading(error_code problem) {
  if (const auto why = violation(problem); why && !is_closing_) {
    home_.counts().refuse(*why); // Beast has sent the close frame.
    log_close(problem.message(), *why, stream_.reason().code);
    if (const auto delay = home_.core().settings.close_delay;
        delay.count() > 0) {
      hold(delay);
      return;
    }
  } else if (problem != websocket::error::closed && !why) {
    abort();
    return;
  }
  begin_closing();
  hang_up();
}

} // namespace rollcall::channels
