#include "app/gateway/gateway_lifecycle.hpp"

#include "app/gateway/disconnect_listener.hpp"
#include "app/gateway/listener.hpp"
#include "app/gateway/shared_subscriptions.hpp"
#include "app/gateway/state_fetcher.hpp"
#include "app/gateway/worker.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace rollcall::channels {

namespace {

std::size_t thread_count(const gateway_config& settings) {
  constexpr unsigned most = 64; // `shared_subscription` has a bit for each.
  if (settings.io_threads > 0)
    return settings.io_threads;
  return std::clamp(std::thread::hardware_concurrency(), 1u, most);
}

} // namespace

gateway_lifecycle::gateway_lifecycle(std::shared_ptr<gateway_core> core)
    : core_{std::move(core)} {
}

gateway_lifecycle::~gateway_lifecycle() = default;

caf::error gateway_lifecycle::prepare() {
  if (auto problem = core_->prepare())
    return problem;
  for (std::size_t i = 0; i < thread_count(core_->settings); ++i)
    core_->workers.push_back(std::make_shared<worker>(*core_, i));
  entrance_ = std::make_shared<listener>(*core_);
  return {};
}

caf::error gateway_lifecycle::listen() {
  std::lock_guard guard{mutex_};
  if (now_ == phase::stopped)
    return make_error(ec::shard_unavailable, "the gateway has stopped");
  if (now_ == phase::listening)
    return make_error(ec::invalid_config, "the gateway listens already");
  if (auto problem = check_served())
    return problem;
  if (auto problem = entrance_->open())
    return problem;
  now_ = phase::listening;
  port_ = entrance_->port();
  core_->disconnect_listener = spawn_disconnect_listener(core_);
  if (core_->who.enriches())
    core_->fetcher = spawn_state_fetcher(core_->system, core_->who);
  for (const auto& each : core_->workers)
    each->start();
  entrance_->start();
  return {};
}

caf::error gateway_lifecycle::check_served() const {
  for (const auto& each : core_->served)
    if (!each.make)
      return make_error(
          ec::invalid_config,
          fmt::format("the channel factory of the pattern '{}' is empty",
                      each.pattern));
  return {};
}

void gateway_lifecycle::drain(std::chrono::milliseconds spread) {
  if (is_own_thread())
    std::thread{[self = shared_from_this(), spread] {
      self->drain_here(spread);
    }}.detach();
  else
    drain_here(spread);
}

void gateway_lifecycle::drain_here(std::chrono::milliseconds spread) {
  constexpr std::size_t waves = 20;
  constexpr std::chrono::milliseconds step_min{5};
  // For those who answer the close; who reads nothing must not hold up the end.
  constexpr std::chrono::seconds grace{1};
  {
    std::lock_guard guard{mutex_};
    if (now_ != phase::listening)
      return;
    core_->is_draining = true;
    entrance_->close();
  }
  const auto end = clock::now() + spread + grace;
  const auto step = std::max(spread / static_cast<int>(waves), step_min);
  for (std::size_t wave = 0; core_->session_count > 0 && clock::now() < end;
       ++wave) {
    const auto parts = wave < waves ? waves - wave : 1;
    for (const auto& each : core_->workers)
      each->post([each, parts] { each->drain(parts); });
    std::this_thread::sleep_for(step);
  }
}

void gateway_lifecycle::stop() {
  if (is_own_thread())
    std::thread{[self = shared_from_this()] { self->stop_here(); }}.detach();
  else
    stop_here();
}

void gateway_lifecycle::stop_here() {
  std::lock_guard stopping{stop_mutex_};
  std::shared_ptr<listener> entrance;
  {
    std::lock_guard guard{mutex_};
    entrance = std::move(entrance_);
    if (std::exchange(now_, phase::stopped) != phase::listening)
      return;
  }
  entrance->close();
  end_parts();
  port_ = 0;
}

void gateway_lifecycle::end_parts() {
  for (const auto& each : core_->workers)
    each->stop();
  core_->topics->clear();
  for (auto* each : {&core_->fetcher, &core_->disconnect_listener})
    if (*each)
      caf::anon_send_exit(*each, caf::exit_reason::user_shutdown);
  core_->fetcher = nullptr;
  core_->disconnect_listener = nullptr;
  core_->forget_callbacks();
}

bool gateway_lifecycle::is_own_thread() const noexcept {
  return worker::of_this_thread() == core_.get();
}

} // namespace rollcall::channels
