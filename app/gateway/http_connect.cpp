// From a request to a WebSocket session: the checks, in the order of Phoenix.
#include "app/gateway/callback.hpp"
#include "app/gateway/gateway_core.hpp"
#include "app/gateway/http_session.hpp"
#include "app/gateway/session.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace rollcall::channels {

namespace {

connect_result failed_connect() {
  connect_result result;
  result.is_accepted = false;
  result.status = 500;
  result.body = "the application failed\n";
  return result;
}

/// The answer that an embedder still owes, from whichever thread it comes. One
/// that is forgotten becomes a failure.
class pending_answer {
public:
  pending_answer(std::weak_ptr<worker> home, std::weak_ptr<http_session> asker,
                 std::uint64_t number)
      : home_{std::move(home)},
        asker_{std::move(asker)},
        number_{number} {
  }

  pending_answer(const pending_answer&) = delete;
  pending_answer& operator=(const pending_answer&) = delete;

  ~pending_answer() {
    give(failed_connect());
  }

  void give(connect_result decision) {
    if (is_given_.exchange(true))
      return;
    if (const auto home = home_.lock())
      home->post([asker = asker_, number = number_,
                  decision = std::move(decision)]() mutable {
        if (const auto found = asker.lock())
          found->take_decision(number, std::move(decision));
      });
  }

private:
  const std::weak_ptr<worker> home_;
  const std::weak_ptr<http_session> asker_;
  const std::uint64_t number_;
  std::atomic<bool> is_given_{false};
};

} // namespace

void http_session::handle_connect(const target& asked, fields params) {
  subprotocol_choice choice;
  if (!check_connect(params, choice))
    return;
  auto info = std::make_shared<connect_info>();
  info->path = asked.path;
  info->params = std::move(params);
  info->headers = headers_;
  info->remote_address = remote_address_;
  info->remote_port = remote_port_;
  info->auth_token = std::move(choice.token);
  connect_ = std::move(info);
  subprotocol_ = std::move(choice.echoed);
  if (home_.core().decide_later)
    decide_later();
  else
    decide();
}

bool http_session::check_connect(const fields& params,
                                 subprotocol_choice& choice) {
  const auto& core = home_.core();
  if (method_ != "GET") {
    refuse(refusal::method, 400);
    return false;
  }
  if (!core.origins.allows(header("origin"), header("host").value_or(""),
                           core.hosts)) {
    refuse(refusal::origin, 403,
           "the page's origin may not connect: see the settings origins, and "
           "hosts for the same host\n");
    return false;
  }
  choice = choose_subprotocol(header("sec-websocket-protocol"),
                              core.settings.subprotocols,
                              core.settings.auth_token);
  if (!choice.is_accepted) {
    refuse(refusal::subprotocol, 403);
    return false;
  }
  if (!is_supported_version(params)) {
    refuse(refusal::version, 403,
           "this node serves version 2.0.0 of the protocol: connect with "
           "vsn=2.0.0\n");
    return false;
  }
  if (core.is_draining || core.session_count >= core.settings.sessions_max) {
    refuse(refusal::sessions_max, 503);
    return false;
  }
  return true;
}

void http_session::decide() {
  connect_result decision;
  if (const auto& ask = home_.core().decide;
      ask
      && !run_callback(home_, "on_connect", [&] { decision = ask(*connect_); }))
    decision = failed_connect();
  finish_connect(std::move(decision));
}

void http_session::decide_later() {
  is_deciding_ = true;
  deadline_ = clock::now() + home_.core().settings.connect_timeout;
  const auto answer = std::make_shared<pending_answer>(
      home_.weak_from_this(), weak_from_this(), ++decision_number_);
  if (!run_callback(home_, "on_connect_async", [&] {
        home_.core().decide_later(connect_, [answer](connect_result decision) {
          answer->give(std::move(decision));
        });
      }))
    answer->give(failed_connect());
}

void http_session::take_decision(std::uint64_t number,
                                 connect_result decision) {
  // A late answer must not decide on the connection's next request.
  if (is_gone_ || number != decision_number_
      || !std::exchange(is_deciding_, false))
    return;
  const auto keep = shared_from_this();
  finish_connect(std::move(decision));
  proceed();
}

void http_session::finish_connect(connect_result decision) {
  if (!decision.is_accepted) {
    refuse(refusal::connect, decision.status, std::move(decision.body));
    return;
  }
  const auto version = parser_->get().version();
  if (auto problem = upgrade_problem(headers_, method_, version);
      !problem.empty()) {
    refuse(refusal::upgrade, 400, std::move(problem));
    return;
  }
  upgrade(std::move(decision));
}

void http_session::upgrade(connect_result decision) {
  auto& core = home_.core();
  // Threads may get here at once, hence count first, then look.
  if (++core.session_count > core.settings.sessions_max) {
    --core.session_count;
    refuse(refusal::sessions_max, 503);
    return;
  }
  auto fresh = std::make_shared<session>(
      home_, std::move(bytes_), std::move(received_),
      session_identity{std::move(decision.session_id),
                       std::move(decision.assigns), std::move(connect_),
                       steady_time(decision.expires_at)});
  is_gone_ = true;
  home_.add(fresh);
  fresh->start(parser_->get(), std::move(subprotocol_));
  home_.remove(*this);
}

/// phoenix.js with `longPollFallbackMs` asks for it once a connect failed. This
/// answer is one that it understands; anything else is "500" to it.
void http_session::refuse_longpoll() {
  home_.counts().refuse(refusal::longpoll);
  http_response answer;
  answer.status = 403;
  answer.content_type = "application/json";
  answer.body = R"({"status":403,"token":null,"messages":[],"reason":)"
                R"("long-poll is not served: connect by WebSocket, vsn=2.0.0"})"
                "\n";
  const auto origin = header("origin");
  const auto& core = home_.core();
  if (origin
      && core.origins.allows(origin, header("host").value_or(""), core.hosts))
    answer.headers.emplace("access-control-allow-origin", *origin);
  respond(answer);
}

} // namespace rollcall::channels
