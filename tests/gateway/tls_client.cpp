#include "tests/gateway/tls_client.hpp"

#include "tests/support/pem.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

namespace rollcall::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

certificate_pem make_certificate() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      EVP_EC_gen("P-256"), EVP_PKEY_free};
  const std::unique_ptr<X509, decltype(&X509_free)> made{X509_new(), X509_free};
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), key.get());
  auto* name = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(
      name, "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(made.get(), name);
  X509_sign(made.get(), key.get(), EVP_sha256());
  const auto chain = memory_bio();
  PEM_write_bio_X509(chain.get(), made.get());
  return {content_of(chain), private_pem_of(key.get())};
}

struct tls_connection::connection {
  asio::io_context io;
  asio::ssl::context context{asio::ssl::context::tls_client};
  asio::ssl::stream<tcp::socket> stream{io, context};
};

tls_connection::tls_connection(std::uint16_t port)
    : impl_{std::make_unique<connection>()} {
  impl_->stream.next_layer().connect({asio::ip::address_v4::loopback(), port});
  impl_->stream.handshake(asio::ssl::stream_base::client);
}

tls_connection::~tls_connection() = default;

std::string tls_connection::certificate() const {
  const std::unique_ptr<X509, decltype(&X509_free)> shown{
      SSL_get1_peer_certificate(impl_->stream.native_handle()), X509_free};
  const auto text = memory_bio();
  PEM_write_bio_X509(text.get(), shown.get());
  return content_of(text);
}

bool tls_connection::is_served() {
  boost::system::error_code problem;
  asio::write(impl_->stream,
              asio::buffer(std::string{"GET / HTTP/1.1\r\nHost: a\r\n\r\n"}),
              problem);
  std::string answer(12, ' ');
  asio::read(impl_->stream, asio::buffer(answer), problem);
  if (problem || answer != "HTTP/1.1 404")
    return false;
  asio::streambuf rest;
  asio::read_until(impl_->stream, rest, "not found\n", problem);
  return !problem;
}

std::vector<std::string> talk_over_tls(std::uint16_t port,
                                       const std::vector<std::string>& frames) {
  asio::io_context io;
  asio::ssl::context context{asio::ssl::context::tls_client};
  beast::websocket::stream<asio::ssl::stream<tcp::socket>> stream{io, context};
  beast::get_lowest_layer(stream).connect(
      {asio::ip::address_v4::loopback(), port});
  stream.next_layer().handshake(asio::ssl::stream_base::client);
  stream.handshake("localhost", "/socket/websocket?vsn=2.0.0");
  std::vector<std::string> received;
  for (const auto& each : frames) {
    stream.write(asio::buffer(each));
    beast::flat_buffer buffer;
    stream.read(buffer);
    received.push_back(beast::buffers_to_string(buffer.data()));
  }
  boost::system::error_code ignored;
  stream.close(beast::websocket::close_code::normal, ignored);
  return received;
}

} // namespace rollcall::test
