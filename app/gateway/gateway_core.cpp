#include "app/gateway/gateway_core.hpp"

#include "app/gateway/disconnect_listener.hpp"
#include "app/gateway/hub.hpp"
#include "app/gateway/worker.hpp"

#include <fmt/format.h>

#include <csignal>

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

} // namespace

gateway_core::gateway_core(caf::actor_system& actors, presence runtime,
                           gateway_config config)
    : system{actors},
      who{std::move(runtime)},
      settings{std::move(config)},
      path{settings.path + settings.endpoint},
      longpoll_path{settings.path + "/longpoll"},
      topics{std::make_unique<hub>(*this)} {
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
  if (settings.tls_certificate_file.empty())
    return {};
  auto [loaded, reason]
      = load_certificates(settings.tls_certificate_file, settings.tls_key_file);
  if (!loaded)
    return make_error(ec::invalid_config, "tls: " + reason);
  tls = std::move(loaded);
  ignore_broken_pipes();
  return {};
}

const channel_factory* gateway_core::find(std::string_view topic) const {
  if (topic.starts_with(reserved_prefix))
    return nullptr;
  for (const auto& each : served)
    if (topic_matches(each.pattern, topic))
      return &each.make;
  return nullptr;
}

} // namespace rollcall::channels
