#include "tests/bench/gateway_swarm.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace rollcall::bench {

namespace {

[[noreturn]] void fail(const char* problem) {
  std::fprintf(stderr, "gateway_load: %s: %s\n", problem, std::strerror(errno));
  std::exit(1);
}

void write_all(int socket, std::string_view bytes) {
  // What a client sends is small; a full buffer means that the server is gone.
  const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(bytes.size()))
    fail("send");
}

std::string text_frame(std::string_view text) {
  std::string frame = "\x81";
  if (text.size() < 126) {
    frame += static_cast<char>(0x80 | text.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(text.size() >> 8);
    frame += static_cast<char>(text.size() & 0xff);
  }
  frame.append(4, '\0'); // A mask of zeros leaves the text as it is.
  frame += text;
  return frame;
}

/// Length of the frame at the front and of its header; 0 if it is not whole.
std::size_t frame_size(std::string_view bytes, std::size_t& header) {
  if (bytes.size() < 2)
    return 0;
  const auto at = [bytes](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
  };
  auto size = at(1) & 0x7f;
  const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
  header = 2 + more;
  if (bytes.size() < header)
    return 0;
  if (more > 0) {
    size = 0;
    for (std::size_t i = 2; i < header; ++i)
      size = size << 8 | at(i);
  }
  return bytes.size() < header + size ? 0 : header + size;
}

} // namespace

swarm::swarm(std::string host, std::uint16_t port)
    : host_{std::move(host)},
      port_{port},
      epoll_{::epoll_create1(0)} {
  if (epoll_ < 0)
    fail("epoll_create1");
}

swarm::~swarm() {
  for (const auto& each : clients_)
    if (each->socket >= 0)
      ::close(each->socket);
  ::close(epoll_);
}

swarm_client& swarm::add(std::string topic, std::string key) {
  auto fresh = std::make_unique<swarm_client>();
  auto& client = *fresh;
  client.number = clients_.size();
  client.topic = std::move(topic);
  client.key = std::move(key);
  client.socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port_);
  ::inet_pton(AF_INET, host_.c_str(), &where.sin_addr);
  if (::connect(client.socket, reinterpret_cast<sockaddr*>(&where),
                sizeof where)
      != 0)
    fail("connect");
  const int on = 1;
  ::setsockopt(client.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &client;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, client.socket, &event);
  write_all(client.socket,
            "GET /socket/websocket?vsn=2.0.0&user_id=" + client.key
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                  "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  clients_.push_back(std::move(fresh));
  return client;
}

void swarm::drop(swarm_client& client) {
  ::close(client.socket);
  client.socket = -1;
  if (client.is_joined)
    --joined_;
  client.is_joined = false;
}

void swarm::run_until(const std::function<bool()>& is_done) {
  const auto end = clock::now() + std::chrono::seconds{60};
  std::array<epoll_event, 256> events{};
  while (!is_done()) {
    if (clock::now() > end)
      fail("nothing happened for 60 s");
    const auto count = ::epoll_wait(epoll_, events.data(),
                                    static_cast<int>(events.size()), 100);
    for (int i = 0; i < count; ++i)
      read(*static_cast<swarm_client*>(
          events[static_cast<std::size_t>(i)].data.ptr));
  }
}

void swarm::read(swarm_client& client) {
  static std::array<char, 1 << 18> buffer;
  if (client.socket < 0)
    return;
  const auto got = ::recv(client.socket, buffer.data(), buffer.size(), 0);
  if (got <= 0)
    fail("the server closed a connection");
  client.received.append(buffer.data(), static_cast<std::size_t>(got));
  if (!client.is_open)
    take_upgrade(client);
  if (client.is_open)
    take_frames(client);
}

void swarm::take_upgrade(swarm_client& client) {
  const auto end = client.received.find("\r\n\r\n");
  if (end == std::string::npos)
    return;
  if (client.received.compare(0, 12, "HTTP/1.1 101") != 0)
    fail(client.received.c_str());
  client.received.erase(0, end + 4);
  client.is_open = true;
  send_join(client);
}

void swarm::send_join(swarm_client& client) {
  client.joining_at = clock::now();
  write_all(client.socket,
            text_frame(R"(["1","1",")" + client.topic
                       + R"(","phx_join",{"key":")" + client.key + "\"}]"));
}

void swarm::take_frames(swarm_client& client) {
  std::string_view rest{client.received};
  std::size_t header = 0;
  while (const auto size = frame_size(rest, header)) {
    take_message(client, rest.substr(header, size - header));
    rest.remove_prefix(size);
  }
  client.received.erase(0, client.received.size() - rest.size());
  if (client.received.empty())
    std::string{}.swap(client.received);
}

void swarm::take_message(swarm_client& client, std::string_view text) {
  if (!client.is_joined
      && text.find("\"presence_state\"") != std::string_view::npos) {
    client.is_joined = true;
    client.joined_at = clock::now();
    ++joined_;
  } else if (listener_) {
    listener_(client, text);
  }
}

} // namespace rollcall::bench
