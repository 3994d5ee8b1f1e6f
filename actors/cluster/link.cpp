#include "actors/cluster/link.hpp"

#include "actors/cluster/link_acceptor.hpp"
#include "actors/cluster/link_core.hpp"
#include "actors/cluster/tls.hpp"
#include "rollcall/error.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <utility>

namespace rollcall {

namespace asio = boost::asio;
using boost::system::error_code;

std::string_view to_string(link_error code) noexcept {
  constexpr std::string_view names[]
      = {"none",      "unreachable", "plaintext", "handshake", "myself",
         "duplicate", "full",        "untrusted", "stopped",   "listening"};
  const auto index = static_cast<std::size_t>(code);
  return index < std::size(names) ? names[index] : "unknown";
}

peer_links::~peer_links() = default;

caf::expected<std::unique_ptr<cluster_link>>
cluster_link::make(caf::actor_system& system, const link_config& settings,
                   caf::actor published, link_events events) {
  if (auto failed = validate(settings))
    return failed;
  link_core::tls_context tls;
  if (settings.has_tls()) {
    auto loaded = make_tls_context(settings);
    if (!loaded)
      return std::move(loaded.error());
    tls = std::move(*loaded);
  }
  auto core
      = std::make_shared<link_core>(system, settings, std::move(tls),
                                    std::move(published), std::move(events));
  return std::unique_ptr<cluster_link>{new cluster_link{std::move(core)}};
}

cluster_link::cluster_link(std::shared_ptr<link_core> core)
    : core_(std::move(core)) {
  core_->run();
}

cluster_link::~cluster_link() {
  stop();
}

void cluster_link::stop() {
  core_->shut_down();
}

caf::expected<std::uint16_t> cluster_link::listen(const std::string& host,
                                                  std::uint16_t port) {
  return core_->listen(host, port);
}

void cluster_link::connect(std::string host, std::uint16_t port,
                           connected done) {
  asio::post(core_->io(), [core = core_.get(), host = std::move(host), port,
                           done = std::move(done)]() mutable {
    core->dial(std::move(host), port, std::move(done));
  });
}

void cluster_link::send(std::vector<link_heartbeat> heartbeats) {
  asio::post(core_->io(),
             [core = core_.get(), heartbeats = std::move(heartbeats)] {
               core->send(heartbeats);
             });
}

void cluster_link::close(link_id id) {
  asio::post(core_->io(), [core = core_.get(), id] { core->close(id); });
}

caf::error cluster_link::reload_certificates() {
  if (!core_->settings().has_tls())
    return make_error(ec::invalid_config, "the links run without certificates");
  auto loaded = make_tls_context(core_->settings());
  if (!loaded)
    return std::move(loaded.error());
  asio::post(core_->io(), [core = core_.get(), tls = std::move(*loaded)] {
    core->use(tls);
  });
  return {};
}

link_stats cluster_link::stats() const {
  return core_->stats();
}

caf::expected<std::uint16_t> link_core::listen(const std::string& host,
                                               std::uint16_t port) {
  const auto broken = [&](link_error code, const std::string& reason) {
    return link_failure(code, fmt::format("{}:{}: {}", host, port, reason));
  };
  error_code failed;
  const auto address = asio::ip::make_address(host, failed);
  if (failed)
    return broken(link_error::listening, "not an address");
  if (!may_use(address)) {
    count_reject(link_reject::plaintext);
    return broken(link_error::plaintext,
                  "without certificates only loopback is listened on, unless "
                  "allow-plaintext is set");
  }
  tcp::acceptor socket{io_};
  const tcp::endpoint end{address, port};
  socket.open(end.protocol(), failed);
  if (!failed)
    socket.set_option(asio::socket_base::reuse_address{true}, failed);
  if (!failed)
    socket.bind(end, failed);
  if (!failed)
    socket.listen(asio::socket_base::max_listen_connections, failed);
  if (failed)
    return broken(link_error::listening, failed.message());
  const auto bound = socket.local_endpoint(failed).port();
  auto acceptor = std::make_shared<link_acceptor>(*this, std::move(socket));
  asio::post(io_, [this, acceptor] {
    acceptors_.push_back(acceptor);
    acceptor->accept();
  });
  return bound;
}

} // namespace rollcall
