#include "actors/cluster/link_acceptor.hpp"

#include "actors/cluster/link_core.hpp"

#include <utility>

namespace rollcall {

using boost::system::error_code;

link_acceptor::link_acceptor(link_core& core, tcp::acceptor port)
    : core_(core),
      port_(std::move(port)),
      pause_(core.io()) {
  // nop
}

void link_acceptor::accept() {
  port_.async_accept([self = shared_from_this()](const error_code& failed,
                                                 tcp::socket socket) {
    if (!self->port_.is_open())
      return;
    if (failed)
      return self->pause();
    self->core_.adopt_accepted(std::move(socket));
    self->accept();
  });
}

void link_acceptor::close() {
  error_code ignored;
  port_.close(ignored);
  pause_.cancel();
}

void link_acceptor::pause() {
  core_.count([](link_stats& s) { ++s.accept_errors; });
  pause_.expires_after(core_.settings().accept_backoff);
  pause_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled && self->port_.is_open())
      self->accept();
  });
}

} // namespace rollcall
