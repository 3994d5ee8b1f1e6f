#include "app/gateway/disconnect_listener.hpp"
#include "app/gateway/gateway_core.hpp"
#include "app/gateway/hub.hpp"
#include "app/gateway/listener.hpp"
#include "app/gateway/state_fetcher.hpp"
#include "app/gateway/worker.hpp"
#include <rollcall/gateway.hpp>

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <thread>
#include <utility>

namespace rollcall {

using channels::gateway_core;
using channels::listener;
using channels::worker;

/// Owns what runs. Stops it when the last handle goes.
class gateway::impl {
public:
  impl(caf::actor_system& system, presence who, gateway_config settings)
      : core{std::make_shared<gateway_core>(system, std::move(who),
                                            std::move(settings))} {
  }

  ~impl() {
    stop();
  }

  caf::error prepare() {
    if (auto problem = core->prepare())
      return problem;
    for (std::size_t i = 0; i < core->settings.io_threads; ++i)
      core->workers.push_back(std::make_shared<worker>(*core, i));
    entrance = std::make_shared<listener>(*core);
    return {};
  }

  caf::error listen() {
    if (auto problem = entrance->open())
      return problem;
    core->disconnect_listener = channels::spawn_disconnect_listener(core);
    if (core->who.enriches())
      core->fetcher = channels::spawn_state_fetcher(core->system, core->who);
    for (const auto& each : core->workers)
      each->start();
    entrance->start();
    return {};
  }

  void drain(std::chrono::milliseconds spread);

  void stop() {
    if (std::exchange(is_stopped, true) || !entrance)
      return;
    entrance->close();
    for (const auto& each : core->workers)
      each->stop();
    core->topics->clear();
    if (core->fetcher)
      caf::anon_send_exit(core->fetcher, caf::exit_reason::user_shutdown);
    core->fetcher = nullptr;
    caf::anon_send_exit(core->disconnect_listener,
                        caf::exit_reason::user_shutdown);
    core->disconnect_listener = nullptr;
    entrance = nullptr;
  }

  std::shared_ptr<gateway_core> core;
  std::shared_ptr<listener> entrance;
  bool is_stopped = false;
};

void gateway::impl::drain(std::chrono::milliseconds spread) {
  constexpr std::size_t waves = 20;
  constexpr std::chrono::milliseconds step_min{5};
  constexpr std::chrono::seconds grace{2};
  if (is_stopped || !entrance)
    return;
  core->is_draining = true;
  entrance->close();
  const auto end = channels::clock::now() + spread + grace;
  const auto step = std::max(spread / static_cast<int>(waves), step_min);
  for (std::size_t wave = 0;
       core->session_count > 0 && channels::clock::now() < end; ++wave) {
    const auto parts = wave < waves ? waves - wave : 1;
    for (const auto& each : core->workers)
      each->post([each, parts] { each->drain(parts); });
    std::this_thread::sleep_for(step);
  }
}

caf::expected<gateway> gateway::start(caf::actor_system& system, presence who,
                                      gateway_config settings) {
  if (auto problem = validate(settings))
    return problem;
  gateway result;
  result.impl_
      = std::make_shared<impl>(system, std::move(who), std::move(settings));
  if (auto problem = result.impl_->prepare())
    return problem;
  return result;
}

void gateway::channel(std::string pattern, channel_factory factory) {
  impl_->core->served.push_back({std::move(pattern), std::move(factory)});
}

void gateway::on_connect(connect_function decide) {
  impl_->core->decide = std::move(decide);
}

void gateway::on_http(http_function answer) {
  impl_->core->answer = std::move(answer);
}

caf::error gateway::listen() {
  return impl_->listen();
}

std::uint16_t gateway::port() const noexcept {
  return impl_->entrance ? impl_->entrance->port() : 0;
}

void gateway::disconnect(const std::string& session_id) {
  auto event = std::make_shared<topic_event>();
  event->topic = channels::disconnect_topic;
  event->event = "disconnect";
  event->payload = session_id;
  event->is_binary = true; // It need not be JSON.
  impl_->core->who.broadcast(std::move(event));
}

void gateway::drain(std::chrono::milliseconds spread) {
  impl_->drain(spread);
}

void gateway::stop() {
  if (impl_)
    impl_->stop();
}

gateway_stats gateway::stats() const {
  gateway_stats result;
  for (const auto& each : impl_->core->workers)
    each->counts().add_to(result);
  result.topics = impl_->core->topics->size();
  return result;
}

} // namespace rollcall
