#pragma once

#include <openssl/bio.h>

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

} // namespace rollcall::test
