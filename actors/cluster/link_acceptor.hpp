#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>

namespace rollcall {

class link_core;

/// Takes new connections from one port and gives them to the core. When the
/// system has no descriptors left it pauses, where a retry would spin: the
/// connection stays in the queue and is ready again at once.
///
/// Threads: the link's.
class link_acceptor : public std::enable_shared_from_this<link_acceptor> {
public:
  using tcp = boost::asio::ip::tcp;

  link_acceptor(link_core& core, tcp::acceptor port);

  void accept();
  void close();

private:
  void pause();

  link_core& core_;
  tcp::acceptor port_;
  boost::asio::steady_timer pause_;
};

} // namespace rollcall
