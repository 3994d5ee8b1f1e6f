#include "tests/cluster/hostile_client.hpp"

#include "actors/cluster/link_hello.hpp"

#include <caf/atom.hpp>
#include <caf/message_id.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>

#include <algorithm>

namespace rollcall::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

template <class T>
void put(bytes& out, T value) {
  for (auto shift = 8 * sizeof(T); shift > 0; shift -= 8)
    out.push_back(static_cast<std::byte>(value >> (shift - 8)));
}

} // namespace

bytes encode(const frame& header) {
  bytes out{static_cast<std::byte>(header.operation), std::byte{0},
            std::byte{0}, std::byte{header.flags}};
  put(out, header.payload_bytes);
  put(out, header.operation_data);
  put(out, header.source);
  put(out, header.destination);
  return out;
}

bytes operator+(bytes left, const bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

node_key some_node(std::uint8_t salt) {
  // The atom `default`, a process id, and a host id that is not all zero.
  bytes out;
  put(out, static_cast<std::uint64_t>(caf::atom("default")));
  put(out, std::uint32_t{4711});
  out.resize(32, std::byte{salt});
  out.back() = std::byte{1};
  node_key key;
  std::copy(out.begin(), out.end(), key.begin());
  return key;
}

bytes client_handshake(const node_key& node, std::uint8_t flags) {
  return encode({.operation = caf::io::basp::message_type::client_handshake,
                 .flags = flags,
                 .payload_bytes = 32})
         + bytes{node.begin(), node.end()};
}

bytes length(std::uint64_t value) {
  bytes out;
  for (; value > 0x7f; value >>= 7)
    out.push_back(static_cast<std::byte>(value | 0x80));
  out.push_back(static_cast<std::byte>(value));
  return out;
}

bytes text_bytes(const std::string& text) {
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

bytes message_head(const std::string& types) {
  return bytes(3) + length(types.size()) + text_bytes(types);
}

bytes direct_message(std::uint64_t destination, const bytes& payload,
                     std::uint64_t source) {
  return encode({.operation = caf::io::basp::message_type::direct_message,
                 .payload_bytes = static_cast<std::uint32_t>(payload.size()),
                 .operation_data = caf::message_id{}.integer_value(),
                 .source = source,
                 .destination = destination})
         + payload;
}

bytes wire_message(std::uint64_t destination, const std::string& text,
                   std::uint64_t source) {
  return direct_message(destination,
                        message_head("@<>+rollcall::wire_frame")
                            + length(text.size()) + text_bytes(text),
                        source);
}

bytes monitor_message(const node_key& from, const node_key& to,
                      std::uint64_t actor) {
  return encode({.operation = caf::io::basp::message_type::monitor_message,
                 .payload_bytes = 64,
                 .destination = actor})
         + bytes{from.begin(), from.end()} + bytes{to.begin(), to.end()};
}

bytes down_message(const node_key& from, const node_key& to,
                   std::uint64_t actor) {
  // Code, category, and an empty message.
  const auto reason = bytes(9) + bytes(2) + length(3) + text_bytes("@<>");
  return encode(
             {.operation = caf::io::basp::message_type::down_message,
              .payload_bytes = static_cast<std::uint32_t>(64 + reason.size()),
              .source = actor})
         + bytes{from.begin(), from.end()} + bytes{to.begin(), to.end()}
         + reason;
}

bytes stream_message(std::uint64_t destination) {
  // No stages, then the type name of an empty message.
  const bytes payload{std::byte{0}, std::byte{3}, std::byte{'@'},
                      std::byte{'<'}, std::byte{'>'}};
  return encode(
             {.operation = caf::io::basp::message_type::direct_message,
              .payload_bytes = static_cast<std::uint32_t>(payload.size()),
              .operation_data
              = caf::message_id{}
                    .with_category(caf::message_id::downstream_message_category)
                    .integer_value(),
              .destination = destination})
         + payload;
}

struct hostile_client::connection {
  asio::io_context io;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  asio::ssl::stream<tcp::socket> stream{io, tls};
  bool is_tls = false;
  bool is_open = true;

  explicit connection(std::uint16_t port) {
    stream.next_layer().connect({asio::ip::address_v4::loopback(), port});
    stream.next_layer().set_option(tcp::no_delay{true});
    // Blocking calls of Asio poll without end, so the kernel keeps the time.
    const timeval limit{20, 0};
    ::setsockopt(stream.next_layer().native_handle(), SOL_SOCKET, SO_RCVTIMEO,
                 &limit, sizeof limit);
  }

  template <class F>
  void with_stream(F action) {
    if (is_tls)
      action(stream);
    else
      action(stream.next_layer());
  }
};

hostile_client::hostile_client(std::uint16_t port)
    : connection_(std::make_unique<connection>(port)) {
  // nop
}

hostile_client::hostile_client(std::uint16_t port, const link_config& settings)
    : hostile_client(port) {
  auto& self = *connection_;
  self.is_tls = true;
  if (!settings.certificate_file.empty()) {
    self.tls.use_certificate_chain_file(settings.certificate_file);
    self.tls.use_private_key_file(settings.key_file, asio::ssl::context::pem);
    // The stream was made before: give it the certificate too.
    SSL_use_certificate_chain_file(self.stream.native_handle(),
                                   settings.certificate_file.c_str());
    SSL_use_PrivateKey_file(self.stream.native_handle(),
                            settings.key_file.c_str(), SSL_FILETYPE_PEM);
  }
  error_code failed;
  self.stream.handshake(asio::ssl::stream_base::client, failed);
  self.is_open = !failed;
}

hostile_client::~hostile_client() = default;
hostile_client::hostile_client(hostile_client&&) noexcept = default;
hostile_client& hostile_client::operator=(hostile_client&&) noexcept = default;

void hostile_client::send(const bytes& data) {
  connection_->with_stream([&](auto& stream) {
    error_code ignored;
    asio::write(stream, asio::buffer(data), ignored);
  });
}

bytes hostile_client::read(std::size_t size) {
  bytes data(size);
  connection_->with_stream([&](auto& stream) {
    error_code ignored;
    data.resize(asio::read(stream, asio::buffer(data), ignored));
  });
  return data;
}

bool hostile_client::is_closed_by_peer() {
  error_code failed;
  connection_->with_stream([&](auto& stream) {
    bytes scratch(4096);
    while (!failed)
      stream.read_some(asio::buffer(scratch), failed);
  });
  return failed != asio::error::try_again && failed != asio::error::would_block;
}

bool hostile_client::is_open() const {
  return connection_->is_open;
}

std::optional<node_key> hostile_client::say_hello(const node_key& as) {
  const auto hello = rollcall::encode(link_hello{.node = as});
  send({hello.begin(), hello.end()});
  const auto answer = read(hello_bytes);
  hello_buffer buffer{};
  if (answer.size() != buffer.size())
    return std::nullopt;
  std::copy(answer.begin(), answer.end(), buffer.begin());
  const auto decoded = decode(buffer);
  const auto* good = std::get_if<link_hello>(&decoded);
  if (good == nullptr || good->status != hello_status::accepted)
    return std::nullopt;
  return good->node;
}

bool hostile_client::open_link(const node_key& as) {
  if (!say_hello(as))
    return false;
  send(client_handshake(as));
  // What the other side publishes; nobody here cares.
  return read(32).size() == 32;
}

} // namespace rollcall::test
