#include "app/examples/arena/line_server.hpp"

#include <rollcall/error.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <set>
#include <thread>
#include <utility>

namespace arena {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// All but the constructor, `open` and `stop` runs on the I/O thread.
class line_server::impl {
public:
  explicit impl(player_factory make_player)
      : make_player_{std::move(make_player)} {
  }

  error_code open(const std::string& address, std::uint16_t port);
  void run();
  void stop();

  [[nodiscard]] std::uint16_t port() const noexcept {
    return port_;
  }

private:
  void accept();
  void take(tcp::socket socket);
  void accept_after_pause();
  void look_for_silence();
  void close_all();

  std::shared_ptr<asio::io_context> io_ = std::make_shared<asio::io_context>(1);
  tcp::acceptor acceptor_{*io_};
  asio::steady_timer pause_{*io_};
  asio::steady_timer look_{*io_};
  std::set<std::shared_ptr<line_session>> sessions_;
  player_factory make_player_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

error_code line_server::impl::open(const std::string& address,
                                   std::uint16_t port) {
  error_code wrong;
  const auto host = asio::ip::make_address(address, wrong);
  if (wrong)
    return wrong;
  const tcp::endpoint place{host, port};
  if (acceptor_.open(place.protocol(), wrong); wrong)
    return wrong;
  if (acceptor_.set_option(tcp::acceptor::reuse_address{true}, wrong); wrong)
    return wrong;
  if (acceptor_.bind(place, wrong); wrong)
    return wrong;
  if (acceptor_.listen(tcp::acceptor::max_listen_connections, wrong); wrong)
    return wrong;
  port_ = acceptor_.local_endpoint(wrong).port();
  return wrong;
}

void line_server::impl::run() {
  accept();
  look_for_silence();
  thread_ = std::thread{[this] { io_->run(); }};
}

void line_server::impl::accept() {
  acceptor_.async_accept([this](error_code wrong, tcp::socket socket) {
    if (!acceptor_.is_open())
      return;
    if (wrong)
      return accept_after_pause();
    take(std::move(socket));
    accept();
  });
}

/// Without descriptors every accept fails at once.
void line_server::impl::accept_after_pause() {
  pause_.expires_after(std::chrono::milliseconds{100});
  pause_.async_wait([this](error_code wrong) {
    if (!wrong)
      accept();
  });
}

void line_server::impl::take(tcp::socket socket) {
  if (sessions_.size() >= connections_max)
    return; // The socket closes.
  const auto session = std::make_shared<line_session>(io_, std::move(socket));
  sessions_.insert(session);
  // Not a copy: the session would hold itself.
  session->start(make_player_, [this, key = session.get()] {
    std::erase_if(sessions_,
                  [key](const auto& each) { return each.get() == key; });
  });
}

void line_server::impl::look_for_silence() {
  look_.expires_after(silence_max / 8);
  look_.async_wait([this](error_code wrong) {
    if (wrong)
      return;
    const auto limit = std::chrono::steady_clock::now() - silence_max;
    const auto all = sessions_; // A close takes itself out.
    for (const auto& session : all)
      if (session->silent_since() < limit)
        session->close();
    look_for_silence();
  });
}

void line_server::impl::close_all() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  look_.cancel();
  const auto all = sessions_;
  for (const auto& session : all)
    session->close();
}

void line_server::impl::stop() {
  if (!thread_.joinable())
    return;
  asio::post(*io_, [this] { close_all(); });
  thread_.join();
}

line_server::line_server(std::unique_ptr<impl> made) noexcept
    : impl_{std::move(made)} {
}

line_server::line_server(line_server&&) noexcept = default;

line_server::~line_server() {
  stop();
}

caf::expected<line_server> line_server::start(const std::string& address,
                                              std::uint16_t port,
                                              player_factory make_player) {
  auto made = std::make_unique<impl>(std::move(make_player));
  if (const auto wrong = made->open(address, port))
    return rollcall::make_error(
        rollcall::ec::invalid_config,
        fmt::format("lines on {}:{}: {}", address, port, wrong.message()));
  made->run();
  return line_server{std::move(made)};
}

void line_server::stop() {
  if (impl_)
    impl_->stop();
}

std::uint16_t line_server::port() const noexcept {
  return impl_->port();
}

} // namespace arena
