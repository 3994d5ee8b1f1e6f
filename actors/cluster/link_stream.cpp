#include "actors/cluster/link_stream.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <memory>
#include <utility>

namespace rollcall {

namespace asio = boost::asio;

namespace {

/// Reads and forgets. Holds the stream by its owner's `done`.
void drain(link_stream::tcp::socket& socket, std::function<void()> done) {
  auto scratch = std::make_shared<std::array<char, 4096>>();
  socket.async_read_some(
      asio::buffer(*scratch),
      [&socket, scratch, done = std::move(done)](
          const link_stream::error_code& failed, std::size_t) {
        if (failed)
          done();
        else
          drain(socket, done);
      });
}

} // namespace

link_stream::link_stream(tcp::socket socket, asio::ssl::context* tls)
    : stream_(std::in_place_type<tcp::socket>, std::move(socket)) {
  if (tls != nullptr) {
    auto plain = std::move(std::get<tcp::socket>(stream_));
    stream_.emplace<tls_stream>(std::move(plain), *tls);
  }
  error_code ignored;
  link_stream::socket().set_option(tcp::no_delay(true), ignored);
  link_stream::socket().set_option(asio::socket_base::keep_alive(true),
                                   ignored);
}

void link_stream::check_host_name(const std::string& host) {
  if (auto* stream = std::get_if<tls_stream>(&stream_)) {
    error_code ignored; // the verify mode of the context stays in force
    stream->set_verify_callback(asio::ssl::host_name_verification(host),
                                ignored);
  }
}

std::optional<certificate_names> link_stream::peer_names() {
  auto* stream = std::get_if<tls_stream>(&stream_);
  if (stream == nullptr)
    return std::nullopt;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate{
      SSL_get1_peer_certificate(stream->native_handle()), &X509_free};
  return names_in(certificate.get());
}

void link_stream::handshake(link_side side, done_handler done) {
  if (auto* stream = std::get_if<tls_stream>(&stream_))
    stream->async_handshake(side == link_side::accepted ? tls_stream::server
                                                        : tls_stream::client,
                            std::move(done));
  else
    asio::post(socket().get_executor(), [done = std::move(done)] { done({}); });
}

void link_stream::read(asio::mutable_buffer buffer, size_handler done) {
  std::visit(
      [&](auto& stream) { asio::async_read(stream, buffer, std::move(done)); },
      stream_);
}

void link_stream::read_some(asio::mutable_buffer buffer, size_handler done) {
  std::visit(
      [&](auto& stream) { stream.async_read_some(buffer, std::move(done)); },
      stream_);
}

void link_stream::write(asio::const_buffer buffer, size_handler done) {
  std::visit(
      [&](auto& stream) { asio::async_write(stream, buffer, std::move(done)); },
      stream_);
}

void link_stream::linger(std::function<void()> done) {
  error_code ignored;
  socket().shutdown(tcp::socket::shutdown_send, ignored);
  drain(socket(), std::move(done));
}

void link_stream::close() {
  error_code ignored;
  socket().close(ignored);
}

link_stream::tcp::socket& link_stream::socket() {
  if (auto* stream = std::get_if<tls_stream>(&stream_))
    return stream->next_layer();
  return std::get<tcp::socket>(stream_);
}

bool is_plaintext_peer(const boost::system::error_code& failed) noexcept {
  if (!is_tls_failure(failed))
    return false;
  const auto reason
      = ERR_GET_REASON(static_cast<unsigned long>(failed.value()));
  return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST
         || reason == SSL_R_UNSUPPORTED_PROTOCOL;
}

bool is_tls_failure(const boost::system::error_code& failed) noexcept {
  return failed.category() == asio::error::get_ssl_category();
}

} // namespace rollcall
