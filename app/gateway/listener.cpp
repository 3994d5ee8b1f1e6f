#include "app/gateway/listener.hpp"

#include "app/gateway/gateway_core.hpp"
#include "app/gateway/log_line.hpp"
#include "app/gateway/worker.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

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

listener::~listener() {
  if (reserved_ >= 0)
    ::close(reserved_);
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
  step([&] { reserve(); });
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
    is_starved_ = false;
    if (&target == core_.workers.front().get())
      target.adopt(std::move(socket));
    else
      target.post([&target, moved = std::move(socket)]() mutable {
        target.adopt(std::move(moved));
      });
    accept();
    return;
  }
  if (!std::exchange(is_starved_, true))
    gateway_log(log_level::warning, "cannot accept: {}", problem.message());
  if (problem == asio::error::no_descriptors
      || problem == boost::system::errc::too_many_files_open_in_system)
    turn_away();
  rest();
}

void listener::reserve() {
  if (reserved_ < 0)
    reserved_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/// Whoever waits learns at once that there is no place, instead of never.
void listener::turn_away() {
  for (int i = 0; i < turned_away_max && reserved_ >= 0; ++i) {
    ::close(std::exchange(reserved_, -1));
    const auto socket = ::accept4(acceptor_.native_handle(), nullptr, nullptr,
                                  SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) { // Counted first: who sees the end sees the count.
      core_.workers.front()->counts().refuse(refusal::descriptors);
      ::close(socket);
    }
    reserve();
    if (socket < 0)
      return;
  }
}

/// Asking again at once would spin.
void listener::rest() {
  rest_.expires_after(rest_after_error);
  rest_.async_wait([self = shared_from_this()](boost::system::error_code ec) {
    if (ec)
      return;
    self->reserve();
    self->accept();
  });
}

} // namespace rollcall::channels
