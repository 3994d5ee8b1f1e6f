#include "actors/cluster/tls.hpp"

#include "actors/cluster/certificate_names.hpp"
#include <rollcall/error.hpp>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <cerrno>
#include <cstdio>
#include <string_view>
#include <system_error>

namespace rollcall {

namespace {

namespace ssl = boost::asio::ssl;

caf::error broken(const std::string& file, std::string_view problem) {
  return make_error(ec::invalid_config, fmt::format("{}: {}", file, problem));
}

/// OpenSSL reports a missing file as `system library`, which helps nobody.
caf::error check_readable(const std::string& file) {
  if (auto* stream = std::fopen(file.c_str(), "re")) {
    const bool is_empty = std::fgetc(stream) == EOF;
    std::fclose(stream);
    return is_empty ? broken(file, "cannot be read, or is empty")
                    : caf::error{};
  }
  return broken(file, std::generic_category().message(errno));
}

caf::error load_files(SSL_CTX* context, const link_config& settings) {
  for (const auto* file : {&settings.certificate_file, &settings.key_file,
                           &settings.authority_file})
    if (auto failed = check_readable(*file))
      return failed;
  if (SSL_CTX_use_certificate_chain_file(context,
                                         settings.certificate_file.c_str())
      != 1)
    return broken(settings.certificate_file, "holds no PEM certificate");
  // Checks also that it is the key of that certificate.
  if (SSL_CTX_use_PrivateKey_file(context, settings.key_file.c_str(),
                                  SSL_FILETYPE_PEM)
      != 1) {
    const bool is_other = ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509;
    return broken(settings.key_file,
                  is_other ? "is not the key of the certificate"
                           : "holds no PEM private key without passphrase");
  }
  if (SSL_CTX_load_verify_locations(context, settings.authority_file.c_str(),
                                    nullptr)
      != 1)
    return broken(settings.authority_file, "holds no PEM certificate");
  return caf::none;
}

/// Our own certificate must pass the check that we demand of our peers;
/// expired ones show here.
caf::error check_own_chain(SSL_CTX* context, const link_config& settings) {
  std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> check{
      X509_STORE_CTX_new(), &X509_STORE_CTX_free};
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(context, &chain);
  if (!check
      || X509_STORE_CTX_init(check.get(), SSL_CTX_get_cert_store(context),
                             SSL_CTX_get0_certificate(context), chain)
             != 1)
    return broken(settings.certificate_file, "could not be checked");
  if (X509_verify_cert(check.get()) == 1)
    return caf::none;
  const auto reason = X509_STORE_CTX_get_error(check.get());
  return broken(settings.certificate_file,
                X509_verify_cert_error_string(reason));
}

/// Peers will refuse this node if its certificate is another's.
caf::error check_own_name(SSL_CTX* context, const link_config& settings) {
  const auto names = names_in(SSL_CTX_get0_certificate(context));
  if (settings.node_name.empty() || may_be(names, settings.node_name))
    return caf::none;
  return broken(settings.certificate_file,
                fmt::format("the certificate is that of {}, and this node is "
                            "'{}'; allowed: a subject alternative name "
                            "URI:rollcall:NAME or DNS:NAME with its name, or "
                            "check_node_name off",
                            describe(names), settings.node_name));
}

void demand_peer_certificate(ssl::context& context) {
  context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2
                      | ssl::context::no_sslv3 | ssl::context::no_tlsv1
                      | ssl::context::no_tlsv1_1
                      | ssl::context::no_compression);
  auto* native = context.native_handle();
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
  // No tickets in TLS 1.3 either: a resumed session skips the certificate.
  SSL_CTX_set_num_tickets(native, 0);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
}

} // namespace

caf::expected<std::shared_ptr<ssl::context>>
make_tls_context(const link_config& settings) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls);
  demand_peer_certificate(*context);
  ERR_clear_error();
  auto failed = load_files(context->native_handle(), settings);
  if (!failed)
    failed = check_own_chain(context->native_handle(), settings);
  if (!failed)
    failed = check_own_name(context->native_handle(), settings);
  ERR_clear_error();
  if (failed)
    return failed;
  return context;
}

} // namespace rollcall
