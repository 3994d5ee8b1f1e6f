#include "app/gateway/disconnect_listener.hpp"
#include "app/gateway/gateway_core.hpp"
#include "app/gateway/gateway_lifecycle.hpp"
#include "app/gateway/log_line.hpp"
#include "app/gateway/shared_subscriptions.hpp"
#include "app/gateway/worker.hpp"
#include <rollcall/gateway.hpp>
#include <rollcall/system_end.hpp>

#include <utility>

namespace rollcall {

using channels::gateway_core;
using channels::gateway_lifecycle;

namespace {

caf::error not_started(std::string_view handle) {
  return make_error(ec::not_started,
                    "this " + std::string{handle}
                        + " is default-constructed; take what start returns");
}

} // namespace

/// Stops the gateway when the last handle goes.
class gateway::impl {
public:
  explicit impl(std::shared_ptr<gateway_core> core)
      : lifecycle{std::make_shared<gateway_lifecycle>(std::move(core))} {
  }

  ~impl() {
    lifecycle->stop();
  }

  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  const std::shared_ptr<gateway_lifecycle> lifecycle;
};

caf::expected<gateway> gateway::start(caf::actor_system& system, presence who,
                                      gateway_config settings) {
  // The cheapest call that says whether there is a runtime.
  if (code_of(who.unsubscribe(caf::actor{}, "")) == ec::not_started)
    return not_started("presence");
  if (auto problem = validate(settings))
    return problem;
  gateway result;
  result.impl_ = std::make_shared<impl>(std::make_shared<gateway_core>(
      system, std::move(who), std::move(settings)));
  if (auto problem = result.impl_->lifecycle->prepare())
    return problem;
  // A handle that outlives the actor system must not hold up its end.
  detail::at_system_end(system,
                        [held = std::weak_ptr{result.impl_->lifecycle}] {
                          if (const auto orphan = held.lock())
                            orphan->stop();
                        });
  return result;
}

void gateway::channel(std::string pattern, channel_factory factory) {
  if (impl_)
    impl_->lifecycle->configure("channel", [&](gateway_core& core) {
      core.served.push_back({std::move(pattern), std::move(factory)});
    });
}

void gateway::on_connect(connect_function decide) {
  if (impl_)
    impl_->lifecycle->configure("on_connect", [&](gateway_core& core) {
      core.decide = std::move(decide);
      core.decide_later = nullptr;
    });
}

void gateway::on_connect_async(async_connect_function decide) {
  if (impl_)
    impl_->lifecycle->configure("on_connect_async", [&](gateway_core& core) {
      core.decide_later = std::move(decide);
      core.decide = nullptr;
    });
}

void gateway::on_renew(renew_function decide) {
  if (impl_)
    impl_->lifecycle->configure("on_renew", [&](gateway_core& core) {
      core.renew = std::move(decide);
    });
}

void gateway::on_http(http_function answer) {
  if (impl_)
    impl_->lifecycle->configure("on_http", [&](gateway_core& core) {
      core.answer = std::move(answer);
    });
}

caf::error gateway::listen() {
  return impl_ ? impl_->lifecycle->listen() : not_started("gateway");
}

std::uint16_t gateway::port() const noexcept {
  return impl_ ? impl_->lifecycle->port() : std::uint16_t{0};
}

void gateway::disconnect(const std::string& session_id) {
  if (!impl_)
    return;
  auto event = std::make_shared<topic_event>();
  event->topic = channels::disconnect_topic;
  event->event = "disconnect";
  event->payload = session_id;
  event->is_binary = true; // It need not be JSON.
  impl_->lifecycle->core().who.broadcast(std::move(event));
}

void gateway::drain(std::chrono::milliseconds spread) {
  if (impl_)
    impl_->lifecycle->drain(spread);
}

void gateway::stop() {
  if (impl_)
    impl_->lifecycle->stop();
}

caf::error gateway::reload_certificates() {
  if (!impl_)
    return not_started("gateway");
  auto& core = impl_->lifecycle->core();
  auto problem = core.reload_certificates();
  if (problem)
    gateway_log(log_level::error, "certificates stay as they are: {}",
                describe(problem));
  else
    gateway_log(log_level::info, "certificates loaded file={}",
                core.settings.tls_certificate_file);
  return problem;
}

gateway_stats gateway::stats() const {
  gateway_stats result;
  if (!impl_)
    return result;
  const auto& core = impl_->lifecycle->core();
  for (const auto& each : core.workers)
    each->counts().add_to(result);
  result.topics = core.topics->size();
  return result;
}

} // namespace rollcall
