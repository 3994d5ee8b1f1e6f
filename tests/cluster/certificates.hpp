#pragma once

#include "actors/cluster/link_config.hpp"

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace rollcall::test {

/// Certificates for the whole run: an authority with nodes `a`, `b` and
/// `c`, and a
/// `stranger` of another authority.
inline const std::filesystem::path& certificates() {
  static const auto folder = [] {
    const auto path = std::filesystem::temp_directory_path()
                      / ("rollcall-link-test-" + std::to_string(::getpid()));
    const std::string script = MAKE_TEST_CA;
    const auto command = "'" + script + "' " + path.string() + " a b c && '"
                         + script + "' " + path.string()
                         + "/other stranger && DAYS=0 '" + script + "' "
                         + path.string() + " expired";
    BOOST_REQUIRE(std::system(command.c_str()) == 0);
    std::atexit([] {
      std::error_code ignored;
      std::filesystem::remove_all(certificates(), ignored);
    });
    return path;
  }();
  return folder;
}

/// Mutual TLS as node `name`. `authority` is a folder below the certificates.
inline link_config tls_as(const std::string& name,
                          const std::string& authority = "") {
  link_config settings;
  const auto folder = certificates() / authority;
  settings.certificate_file = folder / (name + ".crt");
  settings.key_file = folder / (name + ".key");
  settings.authority_file = folder / "ca.crt";
  return settings;
}

} // namespace rollcall::test
