#include "tests/node/tokens.hpp"

#include "tests/support/pem.hpp"

#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace rollcall::test {

key_pair make_rsa_key() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      EVP_RSA_gen(2048u), EVP_PKEY_free};
  const auto open = memory_bio();
  PEM_write_bio_PUBKEY(open.get(), key.get());
  return {content_of(open), private_pem_of(key.get())};
}

std::string make_token(const std::string& algorithm, const std::string& key,
                       const std::string& claims, const std::string& headers) {
  jwt_t* made = nullptr;
  if (jwt_new(&made) != 0)
    throw std::runtime_error{"jwt_new"};
  const std::unique_ptr<jwt_t, decltype(&jwt_free)> token{made, jwt_free};
  if (jwt_add_grants_json(made, claims.c_str()) != 0)
    throw std::runtime_error{"claims are not JSON"};
  if (!headers.empty() && jwt_add_headers_json(made, headers.c_str()) != 0)
    throw std::runtime_error{"headers are not JSON"};
  if (algorithm != "none"
      && jwt_set_alg(made, jwt_str_alg(algorithm.c_str()),
                     reinterpret_cast<const unsigned char*>(key.data()),
                     static_cast<int>(key.size()))
             != 0)
    throw std::runtime_error{"jwt_set_alg"};
  const std::unique_ptr<char, decltype(&std::free)> text{jwt_encode_str(made),
                                                         std::free};
  return text.get();
}

} // namespace rollcall::test
