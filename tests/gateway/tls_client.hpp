#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rollcall::test {

/// A fresh self-signed certificate in files that go with this object.
struct test_certificate {
  test_certificate();
  ~test_certificate();
  test_certificate(const test_certificate&) = delete;
  test_certificate& operator=(const test_certificate&) = delete;

  std::string certificate_file;
  std::string key_file;
};

/// Connects with TLS, sends each frame and receives one for each.
std::vector<std::string> talk_over_tls(std::uint16_t port,
                                       const std::vector<std::string>& frames);

} // namespace rollcall::test
