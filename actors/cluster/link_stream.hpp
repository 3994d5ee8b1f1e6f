#pragma once

#include "actors/cluster/basp_guard.hpp"
#include "actors/cluster/certificate_names.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace rollcall {

/// A TCP connection, with TLS or without, as one type.
///
/// Threads: that of its executor.
class link_stream {
public:
  using error_code = boost::system::error_code;
  using tcp = boost::asio::ip::tcp;
  using done_handler = std::function<void(error_code)>;
  using size_handler = std::function<void(error_code, std::size_t)>;

  /// Plaintext if `tls` is null.
  link_stream(tcp::socket socket, boost::asio::ssl::context* tls);

  /// Demands that the peer's certificate bears `host`. Before the handshake.
  void check_host_name(const std::string& host);

  /// What the peer's certificate calls it, after the handshake; none in
  /// plaintext.
  [[nodiscard]] std::optional<certificate_names> peer_names();

  /// Does nothing in plaintext.
  void handshake(link_side side, done_handler done);

  void read(boost::asio::mutable_buffer buffer, size_handler done);
  void read_some(boost::asio::mutable_buffer buffer, size_handler done);
  void write(boost::asio::const_buffer buffer, size_handler done);

  /// Ends sending, then reads until the peer closes too, so that it still gets
  /// to read why. The caller bounds the time by `close`.
  void linger(std::function<void()> done);

  /// Operations under way end with an error.
  void close();

private:
  using tls_stream = boost::asio::ssl::stream<tcp::socket>;

  tcp::socket& socket();

  std::variant<tcp::socket, tls_stream> stream_;
};

/// Whether TLS failed since the peer speaks none.
[[nodiscard]] bool
is_plaintext_peer(const boost::system::error_code& failed) noexcept;

/// Whether TLS itself failed, rather than the connection.
[[nodiscard]] bool
is_tls_failure(const boost::system::error_code& failed) noexcept;

} // namespace rollcall
