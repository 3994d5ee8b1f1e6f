#include "app/gateway/http_session.hpp"

#include "app/gateway/callback.hpp"
#include "app/gateway/gateway_core.hpp"
#include "app/gateway/http_answer.hpp"
#include "app/gateway/log_line.hpp"
#include "app/gateway/session.hpp"
#include "app/gateway/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>

#include <string>
#include <utility>

namespace rollcall::channels {

namespace http = boost::beast::http;

namespace {

http_response failure() {
  return {500, "text/plain; charset=utf-8", "the application failed\n", {}};
}

/// Whether a line of the header continues the one before it. Readers differ in
/// what that means, so RFC 9112 (5.2) has a server refuse it.
bool has_folded_line(std::string_view received) {
  const auto header = received.substr(0, received.find("\r\n\r\n"));
  return header.find("\r\n ") != std::string_view::npos
         || header.find("\r\n\t") != std::string_view::npos;
}

/// Whether all who read the header agree on where the request goes and where
/// it ends: one Host (RFC 9112, 3.2), and no transfer coding but `chunked`.
bool is_unambiguous(const http::request_header<>& header) {
  const auto hosts = header.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && header.version() >= 11))
    return false;
  const auto codings = header.count(http::field::transfer_encoding);
  if (codings == 0)
    return true;
  return codings == 1 && header.version() >= 11
         && header.count(http::field::content_length) == 0
         && boost::beast::iequals(header[http::field::transfer_encoding],
                                  "chunked");
}

} // namespace

http_session::http_session(worker& home, boost::asio::ip::tcp::socket socket,
                           std::optional<refusal> turned_away,
                           address_limits::lease place)
    : home_{home},
      bytes_{std::move(socket), home.core().certificates().get()},
      unsent_{home.counts().unsent_bytes},
      turned_away_{turned_away} {
  bytes_.keep(std::move(place));
}

void http_session::start() {
  const auto remote = bytes_.remote();
  remote_address_ = remote.address().to_string();
  remote_port_ = remote.port();
  restart_parser();
  proceed();
}

void http_session::sweep(clock::time_point now) {
  if (now < deadline_)
    return;
  if (std::exchange(is_deciding_, false)) {
    refuse(refusal::connect_timeout, 503,
           "the application did not decide on the connect in time\n");
    proceed();
    return;
  }
  // Between two requests of a connection silence is no offence.
  if (is_answering_) {
    home_.counts().refuse(refusal::write_timeout);
    gateway_log(log_level::info,
                "closed: the answer is not read reason=write_timeout");
  } else if (!has_served_ || parser_->got_some() || !received_.empty()) {
    home_.counts().refuse(refusal::handshake_timeout);
    gateway_log(log_level::info,
                "closed: no request in time reason=handshake_timeout");
  }
  abort();
}

void http_session::abort() {
  if (std::exchange(is_gone_, true))
    return;
  unsent_.set(0);
  bytes_.close();
  home_.remove(*this);
}

void http_session::shed() {
  if (unsent_.get() == 0)
    return;
  home_.counts().refuse(refusal::unsent_bytes_max);
  abort();
}

// -- bytes --------------------------------------------------------------------

void http_session::wait(transport::status why) {
  bytes_.wait(why, [self = shared_from_this()](boost::system::error_code ec) {
    if (!ec && !self->is_gone_)
      self->proceed();
  });
}

void http_session::proceed() {
  const auto keep = shared_from_this();
  for (int i = 0; i < steps_per_turn_max; ++i) {
    if (is_gone_ || is_deciding_)
      return;
    if (bytes_.is_shaking_hands()) {
      home_.shake_later(keep);
      return;
    }
    if (is_answering_ ? !write() : !read())
      return;
  }
  proceed_soon();
}

void http_session::proceed_soon() {
  boost::asio::post(home_.context(), [self = shared_from_this()] {
    if (!self->is_gone_)
      self->proceed();
  });
}

void http_session::shake() {
  const auto keep = shared_from_this();
  if (!is_gone_ && read() && !is_gone_)
    proceed_soon();
}

bool http_session::read() {
  if (!received_.empty())
    parse(); // A request that came together with the last one.
  if (is_gone_ || is_answering_ || is_deciding_)
    return true;
  const auto result = bytes_.read(home_.read_buffer());
  if (result.bytes > 0) {
    home_.counts().bytes_in.add(result.bytes);
    received_.append(home_.read_buffer().data(), result.bytes);
    parse();
    return true;
  }
  if (result.status == transport::status::closed)
    abort();
  else
    wait(result.status);
  return false;
}

bool http_session::write() {
  const auto part = std::string_view{answer_}.substr(sent_);
  const auto result = bytes_.write({&part, 1});
  home_.counts().bytes_out.add(result.bytes);
  sent_ += result.bytes;
  unsent_.set(answer_.size() - sent_);
  if (result.bytes > 0)
    deadline_ = clock::now() + home_.core().settings.write_timeout;
  if (result.status == transport::status::closed) {
    abort();
    return false;
  }
  if (result.status != transport::status::ok) {
    home_.watch_unsent();
    wait(result.status);
    return false;
  }
  if (sent_ < answer_.size())
    return true;
  answer_.clear();
  answer_.shrink_to_fit();
  sent_ = 0;
  is_answering_ = false;
  if (keeps_alive_)
    restart_parser();
  else
    abort();
  return true;
}

void http_session::restart_parser() {
  parser_.emplace();
  parser_->eager(true);
  parser_->header_limit(header_bytes_max);
  parser_->body_limit(body_bytes_max);
  deadline_ = clock::now() + home_.core().settings.handshake_timeout;
}

void http_session::parse() {
  boost::system::error_code problem;
  if (!parser_->is_header_done() && has_folded_line(received_))
    problem = http::error::bad_value;
  const auto used = problem
                        ? received_.size()
                        : parser_->put(boost::asio::buffer(received_), problem);
  received_.erase(0, used);
  if (problem == http::error::need_more)
    return;
  if (!problem && parser_->is_header_done()
      && !is_unambiguous(parser_->get().base()))
    problem = http::error::bad_value;
  if (problem) {
    keeps_alive_ = false;
    refuse_unreadable(problem);
    return;
  }
  if (parser_->is_done())
    handle();
}

// -- requests -----------------------------------------------------------------

void http_session::handle() {
  const auto& request = parser_->get();
  keeps_alive_ = request.keep_alive();
  method_ = std::string{request.method_string()};
  headers_.clear();
  for (const auto& each : request) {
    auto& value = headers_[to_lower(std::string{each.name_string()})];
    if (!value.empty())
      value += ", ";
    value += std::string_view{each.value().data(), each.value().size()};
  }
  if (turned_away_) {
    turn_away();
    return;
  }
  const auto asked
      = parse_target({request.target().data(), request.target().size()});
  auto params = asked.params;
  if (!asked.is_valid)
    refuse(refusal::malformed_http, 400,
           "path and query must be percent-encoded UTF-8\n");
  else if (home_.core().path.match(asked.path, params))
    handle_connect(asked, std::move(params));
  else if (home_.core().longpoll_path.match(asked.path, params))
    refuse_longpoll();
  else
    handle_plain(asked);
}

/// Too many come from this address.
void http_session::turn_away() {
  keeps_alive_ = false;
  home_.counts().refuse(*turned_away_);
  respond({429,
           "application/json",
           rate_limited(std::chrono::seconds{1}),
           {{"Retry-After", "1"}}});
}

void http_session::handle_plain(const target& asked) {
  home_.counts().http_requests.add(1);
  std::optional<http_response> found;
  if (const auto& answer = home_.core().answer;
      answer && !run_callback(home_, "on_http", [&] {
        found = answer({method_, asked.path, asked.params, headers_,
                        remote_address_, parser_->get().body()});
      }))
    found = failure();
  if (!found)
    found = http_response{404, "text/plain", "not found\n", {}};
  respond(*found);
}

void http_session::refuse_unreadable(boost::system::error_code problem) {
  if (problem == http::error::body_limit)
    refuse(refusal::malformed_http, 413,
           "the body is too long: at most " + std::to_string(body_bytes_max)
               + " bytes are taken\n");
  else
    refuse(refusal::malformed_http,
           problem == http::error::header_limit ? 431 : 400);
}

void http_session::refuse(refusal why, unsigned status, std::string body) {
  home_.counts().refuse(why);
  gateway_log(log_level::info,
              "request refused reason={} status={} remote={}:{}",
              to_string(why), status, remote_address_, remote_port_);
  respond({status, "text/plain; charset=utf-8", std::move(body), {}});
}

void http_session::respond(const http_response& response) {
  has_served_ = true;
  const auto problem = answer_problem(response);
  if (!problem.empty()) {
    ++home_.counts().invalid_answers;
    gateway_log(log_level::error, "HTTP answer replaced: {} status={}", problem,
                response.status);
  }
  answer_ += encode_answer(problem.empty() ? response : failure(), keeps_alive_,
                           method_ != "HEAD");
  is_answering_ = true;
  unsent_.set(answer_.size());
  deadline_ = clock::now() + home_.core().settings.write_timeout;
}

std::optional<std::string> http_session::header(std::string_view name) const {
  const auto found = headers_.find(name);
  if (found == headers_.end())
    return std::nullopt;
  return found->second;
}

} // namespace rollcall::channels
