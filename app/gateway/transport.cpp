#include "app/gateway/transport.hpp"

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace rollcall::channels {

namespace {

std::string last_tls_error() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

int as_int(std::size_t size) noexcept {
  constexpr std::size_t most = std::numeric_limits<int>::max();
  return static_cast<int>(std::min(size, most));
}

/// What the kernel takes beyond what the client's window lets it send. By
/// itself it would take up to 4 MB of a client that does not read, where
/// neither the bounds on what waits nor the write deadline see it.
constexpr int kernel_bytes_max = 128 << 10;

bool is_would_block() noexcept {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

} // namespace

std::pair<ssl_context, std::string>
load_certificates(const std::string& chain_file, const std::string& key_file) {
  ssl_context context{SSL_CTX_new(TLS_server_method())};
  if (!context)
    return {nullptr, last_tls_error()};
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE
                                      | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                      | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context.get(),
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (SSL_CTX_use_certificate_chain_file(context.get(), chain_file.c_str())
      != 1)
    return {nullptr, chain_file + ": " + last_tls_error()};
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(),
                                  SSL_FILETYPE_PEM)
      != 1)
    return {nullptr, key_file + ": " + last_tls_error()};
  if (SSL_CTX_check_private_key(context.get()) != 1)
    return {nullptr, key_file + ": is not the key of " + chain_file};
  return {std::move(context), std::string{}};
}

transport::transport(socket_type socket, SSL_CTX* tls)
    : socket_{std::move(socket)} {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(boost::asio::ip::tcp::no_delay{true}, ignored);
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT,
               &kernel_bytes_max, sizeof kernel_bytes_max);
  if (!tls)
    return;
  ssl_.reset(SSL_new(tls));
  if (ssl_ && SSL_set_fd(ssl_.get(), socket_.native_handle()) == 1)
    SSL_set_accept_state(ssl_.get()); // The first read shakes hands.
}

transport::result transport::read(std::span<char> into) {
  if (!ssl_)
    return read_plain(into);
  ERR_clear_error();
  const auto outcome = SSL_read(ssl_.get(), into.data(), as_int(into.size()));
  if (outcome > 0)
    return {static_cast<std::size_t>(outcome), status::ok};
  return {0, explain(outcome)};
}

transport::result transport::read_plain(std::span<char> into) {
  const auto outcome
      = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
  if (outcome < 0)
    return {0, is_would_block() ? status::want_read : status::closed};
  if (outcome == 0)
    return {0, status::closed};
  const auto bytes = static_cast<std::size_t>(outcome);
  // Less than fits: there was no more, so spare the call that would say so.
  return {bytes, bytes < into.size() ? status::want_read : status::ok};
}

transport::result transport::write(std::span<const std::string_view> parts) {
  if (!ssl_)
    return write_plain(parts);
  result total;
  for (const auto part : parts) {
    ERR_clear_error();
    const auto outcome
        = SSL_write(ssl_.get(), part.data(), as_int(part.size()));
    if (outcome <= 0) {
      total.status = explain(outcome);
      return total;
    }
    total.bytes += static_cast<std::size_t>(outcome);
    if (static_cast<std::size_t>(outcome) < part.size())
      return total;
  }
  return total;
}

transport::result
transport::write_plain(std::span<const std::string_view> parts) {
  std::array<iovec, 64> pieces{};
  const auto count = std::min(parts.size(), pieces.size());
  for (std::size_t i = 0; i < count; ++i)
    pieces[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
  msghdr header{};
  header.msg_iov = pieces.data();
  header.msg_iovlen = count;
  const auto outcome
      = ::sendmsg(socket_.native_handle(), &header, MSG_NOSIGNAL);
  if (outcome < 0)
    return {0, is_would_block() ? status::want_write : status::closed};
  return {static_cast<std::size_t>(outcome), status::ok};
}

transport::status transport::explain(int outcome) const {
  switch (SSL_get_error(ssl_.get(), outcome)) {
  case SSL_ERROR_WANT_READ:
    return status::want_read;
  case SSL_ERROR_WANT_WRITE:
    return status::want_write;
  default:
    return status::closed;
  }
}

boost::asio::ip::tcp::endpoint transport::remote() const noexcept {
  boost::system::error_code ignored;
  return socket_.remote_endpoint(ignored);
}

std::size_t transport::unacknowledged_bytes() const noexcept {
  int count = 0;
  if (::ioctl(socket_.native_handle(), SIOCOUTQ, &count) != 0 || count < 0)
    return 0;
  return static_cast<std::size_t>(count);
}

void transport::end_writing() noexcept {
  boost::system::error_code ignored;
  if (ssl_ && SSL_is_init_finished(ssl_.get()))
    SSL_shutdown(ssl_.get());
  socket_.shutdown(socket_type::shutdown_send, ignored);
}

void transport::close() noexcept {
  boost::system::error_code ignored;
  if (ssl_ && SSL_is_init_finished(ssl_.get()))
    SSL_shutdown(ssl_.get()); // Sends the notice; nobody waits for the answer.
  ssl_.reset();
  socket_.close(ignored);
  place_.end();
}

} // namespace rollcall::channels
