#include "actors/cluster/link_connection.hpp"

#include "actors/cluster/link_core.hpp"
#include "actors/cluster/node_id.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

namespace rollcall {

namespace asio = boost::asio;

namespace {

/// How long until CAF is asked again whether it has forgotten a lost peer.
constexpr std::chrono::milliseconds forget_pause{1};

} // namespace

link_connection::link_connection(link_core& core, link_id id, link_side side,
                                 link_stream stream, std::string address)
    : core_(core),
      id_(id),
      side_(side),
      stream_(std::make_shared<link_stream>(std::move(stream))),
      address_(std::move(address)),
      deadline_(core.io()) {
  // nop
}

void link_connection::check_host_name(const std::string& host) {
  stream_->check_host_name(host);
}

void link_connection::start(cluster_link::connected done) {
  done_ = std::move(done);
  deadline_.expires_after(core_.settings().handshake_timeout);
  deadline_.async_wait([self
                        = shared_from_this()](const error_code& cancelled) {
    if (cancelled || self->is_up_)
      return;
    self->end(link_error::handshake, "handshake timeout", link_reject::timeout);
    self->stream_->close();
  });
  shake_hands();
}

void link_connection::wait_or_proceed() {
  is_waiting_ = core_.must_wait(*this);
  if (!is_waiting_)
    proceed();
}

void link_connection::proceed() {
  is_waiting_ = false;
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends)
      != 0)
    return end(link_error::handshake, std::generic_category().message(errno));
  attach(ends[0], ends[1]);
}

void link_connection::attach(int local, int remote) {
  link_pump::local_socket socket{core_.io()};
  error_code failed;
  if (socket.assign(asio::local::stream_protocol{}, local, failed); failed) {
    ::close(local);
    ::close(remote);
    return end(link_error::handshake, failed.message());
  }
  const auto& settings = core_.settings();
  pump_ = std::make_shared<link_pump>(
      stream_, std::move(socket),
      basp_guard{side_,
                 {core_.self(), *peer_, core_.basp().published()},
                 {.message_bytes_max = settings.frame_bytes_max}},
      pump_settings{settings.stall_timeout, core_.total_traffic(),
                    settings.inflow_bytes_max},
      make_pump_events());
  pump_->start();
  if (side_ == link_side::accepted)
    return core_.basp().serve(remote);
  core_.basp().join(remote, settings.handshake_timeout,
                    [core = core_.weak_from_this(), self = weak_from_this()](
                        caf::expected<caf::actor> published) {
                      if (auto alive = core.lock())
                        asio::post(alive->io(),
                                   [self, published = std::move(published)] {
                                     if (auto connection = self.lock())
                                       connection->joined(published);
                                   });
                    });
}

pump_events link_connection::make_pump_events() {
  const auto weak = weak_from_this();
  const auto with_self = [weak](auto action) {
    if (auto self = weak.lock())
      action(*self);
  };
  return {.handshake =
              [with_self] {
                with_self([](link_connection& self) { self.came_up(); });
              },
          .ended =
              [with_self](pump_end how) {
                with_self([&](link_connection& self) {
                  if (how.is_stalled)
                    self.core_.count([](link_stats& s) { ++s.stalled; });
                  self.end(link_error::handshake, std::move(how.reason),
                           how.fault);
                });
              },
          .closed =
              [with_self] {
                with_self([](link_connection& self) { self.let_go(); });
              },
          .heartbeat = heartbeat_event()};
}

std::function<void(std::string)> link_connection::heartbeat_event() const {
  const auto& heard = core_.events().heartbeat;
  if (!heard)
    return {};
  return [heard, id = id_](std::string packet) {
    heard({id, std::move(packet)});
  };
}

void link_connection::came_up() {
  is_up_ = true;
  deadline_.cancel();
  core_.count([](link_stats& s) { ++s.links_opened; });
  core_.update_gauges();
  if (const auto& up = core_.events().up)
    up({id_, node_of(*peer_), side_, address_, pump_->traffic(),
        stream_->peer_names()});
}

void link_connection::send_heartbeat(std::string_view packet) {
  if (is_up_ && !has_ended_)
    pump_->send_heartbeat(packet);
}

void link_connection::joined(caf::expected<caf::actor> published) {
  if (!published)
    end(link_error::handshake, "BASP found no published actor");
  else if (!has_ended_)
    finish(link_peer{id_, std::move(*published)});
}

void link_connection::end(link_error code, std::string reason,
                          std::optional<link_reject> fault) {
  if (std::exchange(has_ended_, true))
    return;
  const auto self = shared_from_this();
  if (fault)
    core_.count_reject(*fault);
  core_.update_gauges();
  finish(link_failure(code, fmt::format("{}: {}", address_, reason)));
  if (is_up_ && core_.events().down)
    core_.events().down({id_, node_of(*peer_), std::move(reason)});
  if (pump_) {
    core_.count(
        [this](link_stats& s) { s.frames_dropped += pump_->frames_dropped(); });
    return pump_->stop(); // `remove` follows when CAF has let go
  }
  if (fault != link_reject::tls && fault != link_reject::plaintext)
    remove();
}

void link_connection::abort() {
  end(link_error::stopped, "the node is stopping");
  if (pump_)
    pump_->abort();
  remove();
}

void link_connection::finish(caf::expected<link_peer> outcome) {
  if (auto done = std::exchange(done_, nullptr))
    done(std::move(outcome));
}

// CAF has closed its socket; it may have yet to clean up behind it.
void link_connection::let_go() {
  core_.basp().forget(
      node_of(*peer_), [core = core_.weak_from_this(),
                        weak = weak_from_this()](bool is_forgotten) {
        const auto alive = core.lock();
        if (!alive)
          return;
        asio::post(alive->io(), [weak, is_forgotten] {
          const auto self = weak.lock();
          if (!self)
            return;
          if (is_forgotten)
            return self->remove();
          self->deadline_.expires_after(forget_pause);
          self->deadline_.async_wait([self](const error_code& cancelled) {
            if (!cancelled)
              self->let_go();
          });
        });
      });
}

void link_connection::remove() {
  deadline_.cancel();
  stream_->close();
  core_.remove(id_);
}

} // namespace rollcall
