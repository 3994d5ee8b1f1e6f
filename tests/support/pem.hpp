#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <string>

namespace rollcall::test {

/// Where OpenSSL writes PEM to.
using bio_ptr = std::unique_ptr<BIO, decltype(&BIO_free)>;

[[nodiscard]] inline bio_ptr memory_bio() {
  return {BIO_new(BIO_s_mem()), BIO_free};
}

[[nodiscard]] inline std::string content_of(const bio_ptr& bio) {
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

[[nodiscard]] inline std::string private_pem_of(EVP_PKEY* key) {
  const auto bio = memory_bio();
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr,
                           nullptr);
  return content_of(bio);
}

} // namespace rollcall::test
