#include "app/gateway/gateway_core.hpp"

#include "app/gateway/disconnect_listener.hpp"
#include "app/gateway/shared_subscriptions.hpp"
#include "app/gateway/worker.hpp"
#include "text/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace rollcall::channels {

namespace {

/// OpenSSL writes to sockets without MSG_NOSIGNAL: a client that hangs up
/// would end the process. A handler of the embedder's stays.
void ignore_broken_pipes() {
  struct sigaction current {};
  if (sigaction(SIGPIPE, nullptr, &current) == 0
      && current.sa_handler == SIG_DFL)
    std::signal(SIGPIPE, SIG_IGN);
}

/// A rate whose burst is ten seconds' worth, and at least `burst_min`.
rate rate_of(std::uint32_t per_second, std::size_t burst_min = 0) {
  return {per_second,
          std::max(10 * per_second, static_cast<std::uint32_t>(burst_min))};
}

/// Whoever comes back joins all its channels at once.
client_rates rates_of_client(const gateway_config& settings) {
  return {rate_of(settings.client_messages_per_second_max),
          rate_of(settings.client_joins_per_second_max,
                  2 * settings.channels_per_session_max),
          rate_of(settings.client_presence_calls_per_second_max)};
}

client_rates rates_of_user(const gateway_config& settings) {
  return {rate_of(settings.user_messages_per_second_max),
          rate_of(settings.user_joins_per_second_max,
                  2 * settings.channels_per_session_max),
          rate_of(settings.user_presence_calls_per_second_max)};
}

} // namespace

gateway_core::gateway_core(caf::actor_system& actors, presence runtime,
                           gateway_config config)
    : system{actors},
      who{std::move(runtime)},
      settings{std::move(config)},
      path{settings.path + settings.endpoint},
      longpoll_path{settings.path + "/longpoll"},
      client_limits{rates_of_client(settings)},
      user_limits{rates_of_user(settings)},
      users{user_limits},
      addresses{rate_of(settings.address_connects_per_second_max),
                settings.address_connections_max,
                network_list::parse(settings.address_limits_exempt).value()},
      topics{std::make_unique<shared_subscriptions>(*this)} {
}

gateway_core::~gateway_core() = default;

caf::error gateway_core::prepare() {
  auto parsed = origin_policy::parse(settings.origins);
  if (!parsed)
    return make_error(ec::invalid_config,
                      "origins: every entry must be '*', 'same-host' or "
                      "'scheme://host:port' with a host");
  origins = std::move(*parsed);
  auto names = host_policy::parse(settings.hosts);
  if (!names)
    return make_error(ec::invalid_config,
                      "hosts: every entry must be '*', a name or '*.' and a "
                      "name, without a port");
  hosts = std::move(*names);
  return reload_certificates();
}

caf::error gateway_core::reload_certificates() {
  if (settings.tls_certificate_file.empty())
    return {};
  auto [loaded, reason]
      = load_certificates(settings.tls_certificate_file, settings.tls_key_file);
  if (!loaded)
    return make_error(ec::invalid_config, "tls: " + reason);
  ignore_broken_pipes();
  std::lock_guard guard{certificates_mutex_};
  certificates_ = std::move(loaded);
  return {};
}

void gateway_core::forget_callbacks() {
  served.clear();
  decide = nullptr;
  decide_later = nullptr;
  renew = nullptr;
  answer = nullptr;
}

std::shared_ptr<SSL_CTX> gateway_core::certificates() const {
  std::lock_guard guard{certificates_mutex_};
  return certificates_;
}

const channel_factory* gateway_core::find(std::string_view topic) const {
  if (topic.starts_with(reserved_prefix))
    return nullptr;
  for (const auto& each : served)
    if (matches_pattern(each.pattern, topic))
      return &each.make;
  return nullptr;
}

} // namespace rollcall::channels
