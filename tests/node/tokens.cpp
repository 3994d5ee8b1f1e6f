#include "tests/node/tokens.hpp"

#include <jwt.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace rollcall::test {

namespace {

std::string content_of(BIO* bio) {
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

using bio_ptr = std::unique_ptr<BIO, decltype(&BIO_free)>;

} // namespace

key_pair make_rsa_key() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      EVP_RSA_gen(2048u), EVP_PKEY_free};
  const bio_ptr open{BIO_new(BIO_s_mem()), BIO_free};
  const bio_ptr hidden{BIO_new(BIO_s_mem()), BIO_free};
  PEM_write_bio_PUBKEY(open.get(), key.get());
  PEM_write_bio_PrivateKey(hidden.get(), key.get(), nullptr, nullptr, 0,
                           nullptr, nullptr);
  return {content_of(open.get()), content_of(hidden.get())};
}

std::string make_token(const std::string& algorithm, const std::string& key,
                       const std::string& claims) {
  jwt_t* made = nullptr;
  if (jwt_new(&made) != 0)
    throw std::runtime_error{"jwt_new"};
  const std::unique_ptr<jwt_t, decltype(&jwt_free)> token{made, jwt_free};
  if (jwt_add_grants_json(made, claims.c_str()) != 0)
    throw std::runtime_error{"claims are not JSON"};
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

temporary_file::temporary_file(const std::string& content)
    : path_{
        (std::filesystem::temp_directory_path() / "rollcall-XXXXXX").string()} {
  const auto file = ::mkstemp(path_.data());
  if (file < 0)
    throw std::runtime_error{"mkstemp"};
  ::close(file);
  std::ofstream{path_, std::ios::binary} << content;
}

temporary_file::~temporary_file() {
  std::filesystem::remove(path_);
}

} // namespace rollcall::test
