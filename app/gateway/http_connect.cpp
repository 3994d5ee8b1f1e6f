// From a request to a WebSocket session: the checks, in the order of Phoenix.
#include "app/gateway/gateway_core.hpp"
#include "app/gateway/http_session.hpp"
#include "app/gateway/log_line.hpp"
#include "app/gateway/session.hpp"

#include <exception>
#include <utility>

namespace rollcall::channels {

void http_session::handle_connect(const target& asked, fields params) {
  subprotocol_choice choice;
  connect_result decision;
  std::shared_ptr<connect_info> info;
  if (!check_connect(params, choice)
      || !decide(asked, std::move(params), choice, decision, info))
    return;
  const auto version = parser_->get().version();
  if (auto problem = upgrade_problem(headers_, method_, version);
      !problem.empty()) {
    refuse(refusal::upgrade, 400, std::move(problem));
    return;
  }
  upgrade(std::move(choice.echoed), std::move(decision), std::move(info));
}

bool http_session::check_connect(const fields& params,
                                 subprotocol_choice& choice) {
  const auto& core = home_.core();
  if (method_ != "GET") {
    refuse(refusal::method, 400);
    return false;
  }
  if (!core.origins.allows(header("origin"), header("host").value_or(""))) {
    refuse(refusal::origin, 403);
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
    refuse(refusal::version, 403);
    return false;
  }
  if (core.is_draining || core.session_count >= core.settings.sessions_max) {
    refuse(refusal::sessions_max, 503);
    return false;
  }
  return true;
}

bool http_session::decide(const target& asked, fields params,
                          subprotocol_choice& choice, connect_result& decision,
                          std::shared_ptr<connect_info>& info) {
  info = std::make_shared<connect_info>();
  info->path = asked.path;
  info->params = std::move(params);
  info->headers = headers_;
  info->peer_address = peer_address_;
  info->peer_port = peer_port_;
  info->auth_token = std::move(choice.token);
  if (!home_.core().decide)
    return true;
  try {
    decision = home_.core().decide(*info);
  } catch (const std::exception& problem) {
    gateway_log(log_level::error, "connect threw: {}", problem.what());
    decision = {false, 500, {}, {}, {}};
  }
  if (!decision.is_accepted)
    refuse(refusal::connect, decision.status, std::move(decision.body));
  return decision.is_accepted;
}

void http_session::upgrade(std::string subprotocol, connect_result decision,
                           std::shared_ptr<const connect_info> info) {
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
                       std::move(decision.assigns), std::move(info)});
  is_gone_ = true;
  home_.add(fresh);
  fresh->start(parser_->get(), std::move(subprotocol));
  home_.remove(*this);
}

} // namespace rollcall::channels
