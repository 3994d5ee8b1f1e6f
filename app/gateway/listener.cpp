#include "app/gateway/listener.hpp"

#include "app/gateway/gateway_core.hpp"
#include "app/gateway/log_line.hpp"
#include "app/gateway/worker.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <utility>

namespace rollcall::channels {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using reuse_port_option
    = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

listener::listener(gateway_core& core)
    : core_{core},
      acceptor_{core.workers.front()->context()},
      rest_{core.workers.front()->context()} {
}

caf::error listener::open() {
  const auto& settings = core_.settings;
  boost::system::error_code problem;
  const auto address = asio::ip::make_address(settings.address, problem);
  const tcp::endpoint where{address, settings.port};
  const auto step = [&problem](auto work) {
    if (!problem)
      work();
  };
  step([&] { acceptor_.open(where.protocol(), problem); });
  step([&] {
    acceptor_.set_option(tcp::acceptor::reuse_address{true}, problem);
  });
  if (settings.reuse_port)
    step([&] { acceptor_.set_option(reuse_port_option{true}, problem); });
  step([&] { acceptor_.bind(where, problem); });
  step([&] { acceptor_.listen(4096, problem); });
  step([&] { port_ = acceptor_.local_endpoint(problem).port(); });
  if (!problem)
    return {};
  return make_error(ec::invalid_config,
                    fmt::format("cannot listen on {} port {}: {}",
                                settings.address, settings.port,
                                problem.message()));
}

void listener::start() {
  asio::post(acceptor_.get_executor(),
             [self = shared_from_this()] { self->accept(); });
}

void listener::close() {
  asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
    boost::system::error_code ignored;
    self->acceptor_.close(ignored);
    self->rest_.cancel();
  });
}

void listener::accept() {
  if (!acceptor_.is_open())
    return;
  auto& target = *core_.workers[next_++ % core_.workers.size()];
  acceptor_.async_accept(
      target.context(),
      [self = shared_from_this(), &target](boost::system::error_code problem,
                                           tcp::socket socket) {
        self->take(problem, std::move(socket), target);
      });
}

void listener::take(boost::system::error_code problem, tcp::socket socket,
                    worker& target) {
  if (problem == asio::error::operation_aborted)
    return;
  if (!problem) {
    if (&target == core_.workers.front().get())
      target.adopt(std::move(socket));
    else
      target.post([&target, moved = std::move(socket)]() mutable {
        target.adopt(std::move(moved));
      });
    accept();
    return;
  }
  gateway_log(log_level::warning, "cannot accept: {}", problem.message());
  // Out of descriptors, most likely: asking again at once would spin.
  rest_.expires_after(rest_after_error);
  rest_.async_wait([self = shared_from_this()](boost::system::error_code ec) {
    if (!ec)
      self->accept();
  });
}

} // namespace rollcall::channels
