#include "tests/gateway/raw_client.hpp"

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace rollcall::test {

namespace {

constexpr int deadline_ms = 20'000;

} // namespace

raw_client::raw_client(std::uint16_t port, int receive_buffer_bytes)
    : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  if (receive_buffer_bytes > 0)
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                 sizeof receive_buffer_bytes);
  connect(port);
}

raw_client::raw_client(int socket, std::uint16_t port) : socket_{socket} {
  connect(port);
}

void raw_client::connect(std::uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  BOOST_TEST_REQUIRE(
      ::connect(socket_, reinterpret_cast<sockaddr*>(&where), sizeof where)
      == 0);
}

raw_client::~raw_client() {
  ::close(socket_);
}

bool raw_client::send_some(std::string_view& rest) {
  const auto sent
      = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0)
    rest.remove_prefix(static_cast<std::size_t>(sent));
  return sent >= 0 || errno == EAGAIN;
}

bool raw_client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string raw_client::receive(std::size_t most) {
  pollfd wish{socket_, POLLIN, 0};
  BOOST_TEST_REQUIRE(::poll(&wish, 1, deadline_ms) > 0,
                     "nothing comes, and it does not end");
  std::string bytes(most, '\0');
  const auto count = ::recv(socket_, bytes.data(), bytes.size(), 0);
  bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return bytes;
}

bool raw_client::discard() const {
  std::array<char, 65'536> bytes;
  return ::recv(socket_, bytes.data(), bytes.size(), 0) > 0;
}

bool raw_client::receive_until(std::string_view part) {
  std::string all;
  while (all.find(part) == std::string::npos) {
    const auto more = receive();
    if (more.empty())
      return false;
    all += more;
  }
  return true;
}

void raw_client::request_upgrade() {
  send("GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: localhost\r\n"
       "Connection: Upgrade\r\nUpgrade: websocket\r\n"
       "Sec-WebSocket-Version: 13\r\n"
       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
}

bool raw_client::upgrade() {
  request_upgrade();
  const auto answer = receive();
  return answer.starts_with("HTTP/1.1 101 ");
}

void raw_client::shut_down() {
  ::shutdown(socket_, SHUT_RDWR);
}

few_descriptors::few_descriptors() {
  rlimit bound{};
  ::getrlimit(RLIMIT_NOFILE, &bound);
  limit_ = bound.rlim_cur;
  bound.rlim_cur = 256;
  ::setrlimit(RLIMIT_NOFILE, &bound);
  last_socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  for (int next = 0; (next = ::dup(last_socket_)) >= 0;)
    used_.push_back(next);
}

few_descriptors::~few_descriptors() {
  for (const auto each : used_)
    ::close(each);
  rlimit bound{};
  ::getrlimit(RLIMIT_NOFILE, &bound);
  bound.rlim_cur = limit_;
  ::setrlimit(RLIMIT_NOFILE, &bound);
}

} // namespace rollcall::test
