#pragma once

#include "actors/cluster/accept_budget.hpp"
#include "actors/cluster/link.hpp"
#include "actors/cluster/link_basp.hpp"
#include "actors/cluster/link_connection.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace rollcall {

class link_acceptor;
class link_dial;

/// An error with a sentence for people.
[[nodiscard]] caf::error link_failure(link_error code, std::string detail);

/// What the connections of one node share, and the only one who knows all of
/// them: limits, and at most one link to a peer.
///
/// Threads: the link's, except where noted.
class link_core : public std::enable_shared_from_this<link_core> {
public:
  using tcp = boost::asio::ip::tcp;
  using tls_context = std::shared_ptr<boost::asio::ssl::context>;

  link_core(caf::actor_system& system, const link_config& settings,
            tls_context tls, caf::actor published, link_events events);
  ~link_core();

  /// Starts the link's thread. Once, from any thread.
  void run();

  /// Ends everything and the thread; again, nothing. From another thread.
  void shut_down();

  /// From any thread: opens the port, then accepts on the link's thread.
  [[nodiscard]] caf::expected<std::uint16_t> listen(const std::string& host,
                                                    std::uint16_t port);

  void dial(std::string host, std::uint16_t port, cluster_link::connected done);
  void dial_ended(std::uint64_t dial);

  void adopt_accepted(tcp::socket socket);
  void adopt_dialed(tcp::socket socket, const std::string& host,
                    cluster_link::connected done);

  /// Decides about a peer that said hello to us.
  [[nodiscard]] hello_status admit(const link_connection& connection,
                                   const node_key& peer);

  /// Decides about a peer that accepted our hello: whether to go on. May end
  /// the link that the peer opened at the same time.
  [[nodiscard]] bool settle(const link_connection& connection);

  /// Whether CAF still holds an older connection to the same peer.
  [[nodiscard]] bool must_wait(const link_connection& connection) const;

  /// Certificates for connections that come.
  void use(tls_context tls) {
    tls_ = std::move(tls);
  }

  /// Forgets a connection; the one that waited for that goes on.
  void remove(link_id id);

  void send(const std::vector<link_heartbeat>& heartbeats);

  void close(link_id id);

  /// From any thread.
  [[nodiscard]] link_stats stats() const;

  /// Changes the counters. From any thread.
  template <class F>
  void count(F change) {
    std::lock_guard guard{stats_mutex_};
    change(stats_);
  }

  void count_reject(link_reject reason);

  /// Counts what is open now.
  void update_gauges();

  /// Whether plaintext may be spoken with, or on, this address.
  [[nodiscard]] bool may_use(const boost::asio::ip::address& address) const;

  [[nodiscard]] boost::asio::io_context& io() {
    return io_;
  }
  [[nodiscard]] const link_config& settings() const {
    return settings_;
  }
  [[nodiscard]] const node_key& self() const {
    return self_;
  }
  [[nodiscard]] basp_port& basp() {
    return basp_;
  }
  [[nodiscard]] const std::shared_ptr<link_traffic>& total_traffic() const {
    return total_traffic_;
  }
  [[nodiscard]] const link_events& events() const {
    return events_;
  }

private:
  using connection_ptr = std::shared_ptr<link_connection>;

  connection_ptr adopt(link_side side, tcp::socket socket);
  connection_ptr find_rival(const link_connection& connection,
                            const node_key& peer) const;
  void evict_oldest_handshake();
  void stop_all();

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      work_;
  link_config settings_;
  tls_context tls_;
  link_events events_;
  basp_port basp_;
  node_key self_;
  std::map<link_id, connection_ptr> connections_;
  std::map<std::uint64_t, std::shared_ptr<link_dial>> dials_;
  std::vector<std::shared_ptr<link_acceptor>> acceptors_;
  boost::asio::steady_timer stop_timer_;
  accept_budget accepts_;
  std::uint64_t last_id_ = 0;
  bool is_stopping_ = false;
  mutable std::mutex stats_mutex_;
  link_stats stats_;
  std::shared_ptr<link_traffic> total_traffic_
      = std::make_shared<link_traffic>();
  std::mutex shut_down_mutex_;
  std::thread thread_;
};

} // namespace rollcall
