#include "actors/cluster/link_dial.hpp"

#include "actors/cluster/link_core.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

namespace rollcall {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Blocks as long as the name service does. @returns what is wrong, if
/// anything.
std::string look_up_now(const std::string& host, std::uint16_t port,
                        std::vector<asio::ip::tcp::endpoint>& found) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const auto failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(),
                                    &hints, &list);
  if (failed != 0)
    return ::gai_strerror(failed);
  for (auto* entry = list;
       entry != nullptr && found.size() < link_dial::addresses_max;
       entry = entry->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    endpoint.resize(entry->ai_addrlen);
    std::copy_n(reinterpret_cast<const char*>(entry->ai_addr),
                entry->ai_addrlen, reinterpret_cast<char*>(endpoint.data()));
    found.push_back(endpoint);
  }
  ::freeaddrinfo(list);
  return {};
}

} // namespace

link_dial::link_dial(link_core& core, std::uint64_t id, std::string host,
                     std::uint16_t port, cluster_link::connected done)
    : core_(core),
      id_(id),
      host_(std::move(host)),
      port_(port),
      done_(std::move(done)),
      socket_(core.io()),
      deadline_(core.io()) {
  // nop
}

void link_dial::start() {
  error_code failed;
  const auto address = asio::ip::make_address(host_, failed);
  if (!failed)
    return looked_up({{address, port_}}, {});
  limit_time();
  look_up();
}

void link_dial::stop() {
  fail(link_error::stopped, "the node is stopping");
}

void link_dial::look_up() {
  const auto work = [core = core_.weak_from_this(), weak = weak_from_this(),
                     host = host_, port = port_] {
    endpoints found;
    auto failed = look_up_now(host, port, found);
    if (auto alive = core.lock())
      asio::post(alive->io(), [weak, found, failed] {
        if (auto self = weak.lock())
          self->looked_up(found, failed);
      });
  };
  try {
    std::thread{work}.detach();
  } catch (const std::system_error& no_thread) {
    fail(link_error::unreachable, no_thread.what());
  }
}

void link_dial::looked_up(endpoints found, std::string failed) {
  if (std::exchange(is_looked_up_, true) || !done_)
    return;
  if (!failed.empty())
    last_failure_ = std::move(failed);
  untried_.assign(found.rbegin(), found.rend());
  try_next();
}

void link_dial::try_next() {
  deadline_.cancel();
  if (untried_.empty())
    return fail(link_error::unreachable, last_failure_);
  const auto target = untried_.back();
  untried_.pop_back();
  if (!core_.may_use(target.address())) {
    core_.count_reject(link_reject::plaintext);
    return fail(
        link_error::plaintext,
        "without certificates only loopback addresses are connected to");
  }
  error_code ignored;
  socket_.close(ignored);
  limit_time();
  socket_.async_connect(target,
                        [self = shared_from_this()](const error_code& failed) {
                          self->connected(failed);
                        });
}

void link_dial::limit_time() {
  deadline_.expires_after(core_.settings().connect_timeout);
  deadline_.async_wait([self
                        = shared_from_this()](const error_code& cancelled) {
    if (cancelled || !self->done_)
      return;
    self->last_failure_ = "no answer in time";
    if (self->is_looked_up_)
      self->socket_.cancel();
    else
      self->fail(link_error::unreachable, "the name look-up takes too long");
  });
}

void link_dial::connected(const error_code& failed) {
  if (!done_)
    return;
  if (!failed)
    return core_.adopt_dialed(std::move(socket_), host_, finish());
  if (failed != asio::error::operation_aborted)
    last_failure_ = failed.message();
  try_next();
}

void link_dial::fail(link_error code, const std::string& reason) {
  error_code ignored;
  socket_.close(ignored);
  if (auto done = finish())
    done(link_failure(code, fmt::format("{}:{}: {}", host_, port_, reason)));
}

cluster_link::connected link_dial::finish() {
  const auto self = shared_from_this();
  deadline_.cancel();
  core_.dial_ended(id_);
  return std::exchange(done_, nullptr);
}

} // namespace rollcall
