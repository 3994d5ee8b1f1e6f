#pragma once

#include "actors/cluster/link.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rollcall {

/// One connect, up to the TCP connection: looks the name up and tries its
/// addresses one after the other.
///
/// Asio looks names up one at a time, so that one dead name server would hold
/// up all connects; here each look-up has a thread of its own. Addresses need
/// none.
///
/// Threads: the link's.
class link_dial : public std::enable_shared_from_this<link_dial> {
public:
  using tcp = boost::asio::ip::tcp;

  /// Addresses tried of one name.
  static constexpr std::size_t addresses_max = 4;

  link_dial(link_core& core, std::uint64_t id, std::string host,
            std::uint16_t port, cluster_link::connected done);

  void start();
  void stop();

private:
  using endpoints = std::vector<tcp::endpoint>;

  void look_up();
  void looked_up(endpoints found, std::string failed);
  void try_next();
  void limit_time();
  void connected(const boost::system::error_code& failed);
  void fail(link_error code, const std::string& reason);
  cluster_link::connected finish();

  link_core& core_;
  std::uint64_t id_;
  std::string host_;
  std::uint16_t port_;
  cluster_link::connected done_;
  endpoints untried_;
  tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  std::string last_failure_ = "no address";
  bool is_looked_up_ = false;
};

} // namespace rollcall
