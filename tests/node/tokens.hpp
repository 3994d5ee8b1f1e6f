#pragma once

#include <string>

/// Tokens and keys for tests.
namespace rollcall::test {

struct key_pair {
  std::string public_pem;
  std::string private_pem;
};

/// A fresh RSA key of 2048 bits.
[[nodiscard]] key_pair make_rsa_key();

/// A token with these claims, a JSON object. `algorithm` is `HS256`, `RS256`,
/// or `none`; `headers` is a JSON object of more headers, or empty.
[[nodiscard]] std::string make_token(const std::string& algorithm,
                                     const std::string& key,
                                     const std::string& claims,
                                     const std::string& headers = {});

} // namespace rollcall::test
