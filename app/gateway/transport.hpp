#pragma once

#include "app/gateway/address_limits.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace rollcall::channels {

struct ssl_deleter {
  void operator()(SSL* ssl) const noexcept {
    SSL_free(ssl);
  }
  void operator()(SSL_CTX* context) const noexcept {
    SSL_CTX_free(context);
  }
};

using ssl_context = std::unique_ptr<SSL_CTX, ssl_deleter>;

/// Loads a PEM chain and its key. @returns an empty pointer and a sentence.
[[nodiscard]] std::pair<ssl_context, std::string>
load_certificates(const std::string& chain_file, const std::string& key_file);

/// The bytes of one connection, plain or TLS, without blocking. Holds no
/// buffer of its own: many idle connections cost little.
///
/// Threads: confined to the I/O thread of its socket.
class transport {
public:
  using socket_type = boost::asio::ip::tcp::socket;

  enum class status { ok, want_read, want_write, closed };

  struct result {
    std::size_t bytes = 0;
    transport::status status = transport::status::ok;
  };

  /// @param tls may be null.
  transport(socket_type socket, SSL_CTX* tls);

  /// Reads what is there. `ok` means that there may be more.
  result read(std::span<char> into);

  /// Writes as much as fits.
  result write(std::span<const std::string_view> parts);

  /// Calls `done(error_code)` when it is worth to try again.
  template <class Handler>
  void wait(status why, Handler done) {
    const auto kind = why == status::want_write ? socket_type::wait_write
                                                : socket_type::wait_read;
    socket_.async_wait(kind, std::move(done));
  }

  /// Says that nothing more will be written; reading goes on.
  void end_writing() noexcept;

  void close() noexcept;

  /// Keeps what counts this connection, until it is closed.
  void keep(address_limits::lease place) noexcept {
    place_ = std::move(place);
  }

  /// The other end, as far as known.
  [[nodiscard]] boost::asio::ip::tcp::endpoint remote() const noexcept;

  /// Bytes that the socket took and that the other end has not confirmed.
  [[nodiscard]] std::size_t unacknowledged_bytes() const noexcept;

  /// Whether the TLS handshake is still under way.
  [[nodiscard]] bool is_shaking_hands() const noexcept {
    return ssl_ && !SSL_is_init_finished(ssl_.get());
  }

  [[nodiscard]] bool is_tls() const noexcept {
    return ssl_ != nullptr;
  }

private:
  result read_plain(std::span<char> into);
  result write_plain(std::span<const std::string_view> parts);
  [[nodiscard]] status explain(int outcome) const;

  mutable socket_type socket_; ///< Asio asks for the handle without const.
  std::unique_ptr<SSL, ssl_deleter> ssl_;
  address_limits::lease place_;
};

} // namespace rollcall::channels
