#pragma once

#include "tests/support/temporary_file.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rollcall::test {

/// A self-signed certificate and its key, as PEM.
struct certificate_pem {
  std::string chain;
  std::string key;
};

[[nodiscard]] certificate_pem make_certificate();

/// A fresh self-signed certificate in files.
struct test_certificate {
  explicit test_certificate(const certificate_pem& pem = make_certificate())
      : chain_file{pem.chain},
        key_file{pem.key} {
  }

  temporary_file chain_file;
  temporary_file key_file;
};

/// Keeps a TLS connection to a gateway.
class tls_connection {
public:
  explicit tls_connection(std::uint16_t port);
  ~tls_connection();

  /// The server's certificate, as PEM.
  [[nodiscard]] std::string certificate() const;

  /// Asks for a page. @returns whether there was an answer.
  [[nodiscard]] bool is_served();

private:
  struct connection;

  std::unique_ptr<connection> impl_;
};

/// Connects with TLS, sends each frame and receives one for each.
std::vector<std::string> talk_over_tls(std::uint16_t port,
                                       const std::vector<std::string>& frames);

} // namespace rollcall::test
