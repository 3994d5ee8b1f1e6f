#include "tests/cluster/relay.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <atomic>
#include <thread>

namespace rollcall::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct relay::state {
  asio::io_context io;
  std::uint16_t target;
  tcp::acceptor port{io, {asio::ip::address_v4::loopback(), 0}};
  std::atomic<bool> stands_still{false};
  std::thread thread;

  explicit state(std::uint16_t to) : target(to) {
    // nop
  }

  using socket_ptr = std::shared_ptr<tcp::socket>;

  void accept() {
    port.async_accept([this](error_code failed, tcp::socket socket) {
      if (failed)
        return;
      auto from = std::make_shared<tcp::socket>(std::move(socket));
      auto to = std::make_shared<tcp::socket>(io);
      to->connect({asio::ip::address_v4::loopback(), target}, failed);
      if (failed)
        return accept();
      pass(from, to, std::make_shared<std::array<char, 65536>>());
      pass(to, from, std::make_shared<std::array<char, 65536>>());
      accept();
    });
  }

  void pass(socket_ptr from, socket_ptr to,
            std::shared_ptr<std::array<char, 65536>> block) {
    // Whoever stands still keeps the sockets open in the acceptor's sight.
    if (stands_still)
      return kept.push_back(from);
    from->async_read_some(
        asio::buffer(*block), [=, this](error_code failed, std::size_t size) {
          if (failed)
            return to->shutdown(tcp::socket::shutdown_send, failed), void();
          asio::async_write(*to, asio::buffer(block->data(), size),
                            [=, this](error_code broken, std::size_t) {
                              if (!broken)
                                pass(from, to, block);
                            });
        });
  }

  std::vector<socket_ptr> kept;
};

relay::relay(std::uint16_t target) : state_(std::make_unique<state>(target)) {
  state_->accept();
  state_->thread = std::thread{[this] { state_->io.run(); }};
}

relay::~relay() {
  state_->io.stop();
  state_->thread.join();
}

std::uint16_t relay::port() const {
  return state_->port.local_endpoint().port();
}

void relay::stand_still() {
  state_->stands_still = true;
}

} // namespace rollcall::test
