#include "tests/gateway/tls_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>

namespace rollcall::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

namespace {

std::FILE* temporary_file(std::string& name) {
  std::array<char, 32> path{"/tmp/rollcall-test-XXXXXX"};
  const auto descriptor = ::mkstemp(path.data());
  name = path.data();
  return ::fdopen(descriptor, "w");
}

} // namespace

test_certificate::test_certificate() {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_EC_gen("P-256"),
                                                          EVP_PKEY_free};
  std::unique_ptr<X509, decltype(&X509_free)> made{X509_new(), X509_free};
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
  auto* chain = temporary_file(certificate_file);
  PEM_write_X509(chain, made.get());
  std::fclose(chain);
  auto* secret = temporary_file(key_file);
  PEM_write_PrivateKey(secret, key.get(), nullptr, nullptr, 0, nullptr,
                       nullptr);
  std::fclose(secret);
}

test_certificate::~test_certificate() {
  ::unlink(certificate_file.c_str());
  ::unlink(key_file.c_str());
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
