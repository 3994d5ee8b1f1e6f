#include "app/node/node.hpp"

#include "app/node/auth.hpp"
#include "app/node/certificates.hpp"
#include "app/node/cluster_status.hpp"
#include "app/node/http.hpp"
#include "app/node/memory_return.hpp"
#include "app/node/metrics_text.hpp"
#include "app/node/presence_channel.hpp"
#include "app/node/resident_memory.hpp"
#include "app/node/unix_time.hpp"
#include <rollcall/cluster.hpp>
#include <rollcall/gateway.hpp>
#include <rollcall/presence.hpp>

#include <caf/actor_system.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace rollcall::node {

namespace {

constexpr int exit_failure = 1;
constexpr int exit_wrong_settings = 2;
/// How long the end waits for whoever reads the log.
constexpr std::chrono::milliseconds last_lines_max{500};

/// How often the node looks after its certificate files and its log.
constexpr timespec look_interval{2, 0};

sigset_t end_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

/// Those that `run` waits for.
sigset_t awaited_signals() {
  auto set = end_signals();
  sigaddset(&set, SIGHUP);
  return set;
}

/// A node holds a file for each client: take as many as the system gives.
void raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int fail(int code, const std::string& text) {
  log_line(log_level::error, "{}", text);
  return code;
}

std::string render_metrics(const channel_context& channels,
                           const gateway& clients, const http_interface& http,
                           const cluster* net) {
  metrics_text out;
  append_runtime(out, channels.who.stats());
  append_gateway(out, clients.stats());
  append_channels(out, channels.track_time.snapshot());
  if (net != nullptr)
    append_cluster(out, net->stats(), net->peers());
  const auto [wrong_token, too_often] = http.refusals();
  append_admin(out, wrong_token, too_often);
  append_log(out, lost_log_lines());
  append_process(out);
  return out.text();
}

/// Loopback is what a person can open, whatever else is listened on.
std::string base_url(const gateway_config& settings, std::uint16_t port) {
  const auto is_any = settings.address == "0.0.0.0" || settings.address == "::";
  auto host = is_any ? std::string{"127.0.0.1"} : settings.address;
  if (host.find(':') != std::string::npos)
    host = '[' + host + ']';
  const auto* scheme = settings.tls_certificate_file.empty() ? "http" : "https";
  return fmt::format("{}://{}:{}", scheme, host, port);
}

void announce(const node_settings& settings, std::uint16_t port) {
  const auto base = base_url(settings.gateway, port);
  fmt::print("rollcall-node {} ready: {}/\n", settings.runtime.node_name, base);
  fmt::print("  page     {}/\n  clients  ws{}{}/websocket\n"
             "  metrics  {}/metrics\n  api      {}/api/topics\n",
             base, base.substr(4), settings.gateway.path, base, base);
  if (!is_loopback(settings.gateway.address) && !settings.auth.is_enabled())
    log_line(
        log_level::warning,
        "everybody who reaches {} may join under any name: auth is not set "
        "(rollcall.auth.hs256-secret or rollcall.auth.rs256-public-key-file)",
        settings.gateway.address);
  std::fflush(stdout);
}

/// Everything that a running node consists of, in the order of its start.
struct parts {
  presence who;
  std::optional<cluster> net; ///< None for a node that stays alone.
  gateway clients;
  std::shared_ptr<channel_context> channels
      = std::make_shared<channel_context>();
  std::shared_ptr<http_interface> http;
};

void wire(parts& node, const node_settings& settings,
          std::optional<token_verifier> verifier) {
  node.channels->who = node.who;
  node.channels->settings = settings.channel;
  node.channels->is_auth_required = verifier.has_value();
  for (const auto& pattern : settings.channel.patterns)
    node.clients.channel(pattern, make_presence_channel(node.channels));
  node.clients.on_connect([verifier](const connect_info& info) {
    return verifier ? connect_with_token(*verifier, info, unix_seconds())
                    : connect_without_token(info);
  });
  if (verifier)
    node.clients.on_renew(
        [verifier](const connect_info& info, const std::string& token) {
          return renew_with_token(*verifier, info, token, unix_seconds());
        });
  http_sources sources;
  sources.who = node.who;
  // Not a copy: the gateway would hold itself. It answers nothing any more
  // when `node` ends.
  sources.metrics = [channels = node.channels, here = &node] {
    return render_metrics(*channels, here->clients, *here->http,
                          here->net ? &*here->net : nullptr);
  };
  sources.disconnect = [here = &node](const std::string& user) {
    here->clients.disconnect(session_of_user(user));
  };
  if (node.net) {
    sources.cluster_problem
        = [net = *node.net] { return net.not_ready_reason(); };
    sources.cluster = [net = *node.net, name = settings.runtime.node_name] {
      return cluster_json(name, net.not_ready_reason(), net.peers());
    };
  }
  node.http = std::make_shared<http_interface>(std::move(sources), settings);
  node.clients.on_http([http = node.http](const http_request& request) {
    return http->answer(request);
  });
}

certificate_reloader make_reloader(parts& node, const node_settings& settings) {
  certificate_reloader result;
  const auto& links = settings.cluster.net;
  if (node.net && !links.certificate_file.empty())
    result.add({"cluster",
                {links.certificate_file, links.key_file, links.authority_file},
                [&net = *node.net] { return net.reload_certificates(); }});
  if (const auto& own = settings.gateway; !own.tls_certificate_file.empty())
    result.add({"gateway",
                {own.tls_certificate_file, own.tls_key_file},
                [&node] { return node.clients.reload_certificates(); }});
  return result;
}

/// Of the allocator, all arenas and mapped blocks.
std::size_t used_bytes() {
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

void return_memory(memory_return& decision) {
  const auto used = used_bytes();
  if (!decision.is_due(resident_bytes(), used))
    return;
  ::malloc_trim(0);
  decision.returned(resident_bytes(), used);
}

/// Waits for SIGTERM or SIGINT, and does meanwhile what is due.
/// @returns the signal.
int wait_for_end(certificate_reloader certificates) {
  const auto signals = awaited_signals();
  memory_return memory;
  for (;;) {
    const int signal = ::sigtimedwait(&signals, nullptr, &look_interval);
    if (signal == SIGTERM || signal == SIGINT)
      return signal;
    if (signal == SIGHUP)
      certificates.reload();
    else
      certificates.look();
    tell_left_out_lines();
    return_memory(memory);
  }
}

void serve_until_signal(parts& node, const node_settings& settings) {
  node.http->set_ready(true);
  announce(settings, node.clients.port());
  const auto signal = wait_for_end(make_reloader(node, settings));
  log_line(log_level::info, "signal {}: draining over at most {} ms", signal,
           settings.drain.count());
  node.http->set_ready(false);
  // A second signal ends the node at once.
  const auto signals = end_signals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  // Peers that are to wait must not hear of each client's leave.
  if (node.net && !settings.cluster.leave_at_once)
    node.net->leave(false);
  node.clients.drain(settings.drain);
}

caf::error join_cluster(caf::actor_system& system, parts& node,
                        const cluster_settings& settings) {
  if (!settings.is_enabled())
    return {};
  auto net = cluster::start(system, node.who, settings.net);
  if (!net)
    return net.error();
  node.net = std::move(*net);
  return {};
}

int start(caf::actor_system& system, node_settings& settings) {
  std::optional<token_verifier> verifier;
  if (settings.auth.is_enabled()) {
    auto made = token_verifier::make(settings.auth);
    if (const auto* wrong = std::get_if<std::string>(&made))
      return fail(exit_wrong_settings, *wrong);
    verifier = std::get<token_verifier>(std::move(made));
    settings.gateway.auth_token = true;
    settings.gateway.subprotocols = {"phoenix"};
  }
  parts node;
  auto who = presence::start(system, settings.runtime);
  if (!who)
    return fail(exit_failure, describe(who.error()));
  node.who = *who;
  auto wrong = join_cluster(system, node, settings.cluster);
  auto clients = gateway::start(system, node.who, settings.gateway);
  if (!wrong && !clients)
    wrong = clients.error();
  if (!wrong) {
    node.clients = *clients;
    wire(node, settings, std::move(verifier));
    wrong = node.clients.listen();
  }
  if (!wrong)
    serve_until_signal(node, settings);
  node.clients.stop();
  if (node.net)
    node.net->leave(settings.cluster.leave_at_once);
  node.who.stop();
  return wrong ? fail(exit_failure, describe(wrong)) : 0;
}

int run_logged(node_config& settings) {
  if (auto wrong = validate(settings.settings.runtime))
    return fail(exit_wrong_settings, describe(wrong));
  if (auto wrong = validate(settings.settings.gateway))
    return fail(exit_wrong_settings, describe(wrong));
  if (auto wrong = validate(settings.settings.cluster.net))
    return fail(exit_wrong_settings, describe(wrong));
  raise_file_limit();
  caf::actor_system system{settings};
  const auto code = start(system, settings.settings);
  log_line(log_level::info, "ended");
  return code;
}

} // namespace

void open_standard_files() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(file, F_GETFD) == -1 && errno == EBADF)
      // Gives the lowest free number, which is `file`.
      if (::open("/dev/null", O_RDWR) == -1)
        return;
}

void block_signals() {
  const auto signals = awaited_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // What would end the node without a drain does nothing.
  for (const int signal : {SIGPIPE, SIGUSR1, SIGUSR2})
    std::signal(signal, SIG_IGN);
}

int run(node_config& settings) {
  start_log(settings.settings.level);
  const auto code = run_logged(settings);
  finish_log(last_lines_max);
  return code;
}

} // namespace rollcall::node
