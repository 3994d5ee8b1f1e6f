#include "actors/cluster/link_core.hpp"

#include "actors/cluster/link_acceptor.hpp"
#include "actors/cluster/link_dial.hpp"
#include "actors/cluster/node_id.hpp"

#include <caf/actor_system.hpp>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace rollcall {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// How long a stop waits for CAF to let go of its sockets.
constexpr std::chrono::seconds stop_patience{1};

std::string text_of(const asio::ip::tcp::socket& socket) {
  error_code failed;
  const auto end = socket.remote_endpoint(failed);
  return failed ? "unknown address"
                : fmt::format("{}:{}", end.address().to_string(), end.port());
}

} // namespace

caf::error link_failure(link_error code, std::string detail) {
  return caf::make_error(code, std::move(detail));
}

link_core::link_core(caf::actor_system& system, const link_config& settings,
                     tls_context tls, caf::actor published, link_events events)
    : work_(io_.get_executor()),
      settings_(settings),
      tls_(std::move(tls)),
      events_(std::move(events)),
      basp_(system, std::move(published)),
      self_(key_of(system.node())),
      stop_timer_(io_),
      accepts_(settings.accepts_per_second) {
  // nop
}

link_core::~link_core() = default;

void link_core::run() {
  thread_ = std::thread{[this] { io_.run(); }};
}

void link_core::shut_down() {
  const std::lock_guard turn{shut_down_mutex_};
  if (!thread_.joinable())
    return;
  asio::post(io_, [this] { stop_all(); });
  thread_.join();
}

void link_core::stop_all() {
  is_stopping_ = true;
  for (const auto& acceptor : std::exchange(acceptors_, {}))
    acceptor->close();
  for (const auto& [id, dial] : std::exchange(dials_, {}))
    dial->stop();
  stop_timer_.expires_after(stop_patience);
  stop_timer_.async_wait([this](const error_code& cancelled) {
    if (!cancelled)
      for (const auto& [id, connection] : std::map{connections_})
        connection->abort();
  });
  for (const auto& [id, connection] : std::map{connections_})
    connection->end(link_error::stopped, "the node is stopping");
  if (connections_.empty())
    stop_timer_.cancel();
  work_.reset();
}

void link_core::dial(std::string host, std::uint16_t port,
                     cluster_link::connected done) {
  if (is_stopping_)
    return done(link_failure(link_error::stopped, "the node is stopping"));
  if (dials_.size() >= settings_.links_max)
    return done(link_failure(link_error::full, "too many connects at a time"));
  const auto id = ++last_id_;
  const auto dial = std::make_shared<link_dial>(*this, id, std::move(host),
                                                port, std::move(done));
  dials_.emplace(id, dial);
  update_gauges();
  dial->start();
}

void link_core::dial_ended(std::uint64_t dial) {
  dials_.erase(dial);
  update_gauges();
}

link_core::connection_ptr link_core::adopt(link_side side, tcp::socket socket) {
  auto address = text_of(socket);
  const link_id id{++last_id_};
  auto connection = std::make_shared<link_connection>(
      *this, id, side, link_stream{std::move(socket), tls_.get()},
      std::move(address));
  connections_.emplace(id, connection);
  return connection;
}

void link_core::adopt_accepted(tcp::socket socket) {
  count([](link_stats& s) { ++s.accepted; });
  error_code failed;
  const auto end = socket.remote_endpoint(failed);
  if (failed
      || !accepts_.take(end.address().to_string(), accept_budget::clock::now()))
    return count_reject(link_reject::crowded);
  evict_oldest_handshake();
  const auto connection = adopt(link_side::accepted, std::move(socket));
  update_gauges();
  connection->start();
}

void link_core::adopt_dialed(tcp::socket socket, const std::string& host,
                             cluster_link::connected done) {
  const auto connection = adopt(link_side::dialed, std::move(socket));
  if (settings_.check_host_name)
    connection->check_host_name(host);
  update_gauges();
  connection->start(std::move(done));
}

void link_core::evict_oldest_handshake() {
  const auto is_handshake = [](const auto& entry) {
    return entry.second->side() == link_side::accepted && !entry.second->is_up()
           && !entry.second->has_ended();
  };
  if (static_cast<std::size_t>(
          std::count_if(connections_.begin(), connections_.end(), is_handshake))
      < settings_.handshakes_max)
    return;
  const auto oldest
      = std::find_if(connections_.begin(), connections_.end(), is_handshake);
  const auto connection = oldest->second;
  connection->end(link_error::full, "too many handshakes at a time",
                  link_reject::crowded);
}

void link_core::send(const std::vector<link_heartbeat>& heartbeats) {
  for (const auto& [id, packet] : heartbeats)
    if (const auto found = connections_.find(id); found != connections_.end())
      found->second->send_heartbeat(packet);
}

void link_core::close(link_id id) {
  if (const auto found = connections_.find(id); found != connections_.end()) {
    const auto connection = found->second;
    connection->end(link_error::stopped, "closed by this node");
  }
}

void link_core::count_reject(link_reject reason) {
  count([reason](link_stats& s) {
    ++s.rejected[static_cast<std::size_t>(reason)];
  });
}

bool link_core::may_use(const asio::ip::address& address) const {
  return settings_.has_tls() || settings_.allow_plaintext
         || address.is_loopback();
}

link_stats link_core::stats() const {
  std::lock_guard guard{stats_mutex_};
  auto copy = stats_;
  copy.bytes_in = total_traffic_->bytes_in;
  copy.bytes_out = total_traffic_->bytes_out;
  return copy;
}

void link_core::update_gauges() {
  std::size_t open = 0;
  std::size_t handshakes = 0;
  for (const auto& [id, connection] : connections_) {
    if (connection->has_ended())
      continue;
    open += connection->is_up();
    handshakes
        += !connection->is_up() && connection->side() == link_side::accepted;
  }
  count([&](link_stats& s) {
    s.links_open = open;
    s.handshakes = handshakes;
    s.dials = dials_.size();
  });
}

} // namespace rollcall
