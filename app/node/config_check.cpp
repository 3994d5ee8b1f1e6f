#include "app/node/config_file.hpp"
#include "app/node/small_file.hpp"
#include "text/pattern.hpp"

#include <fmt/format.h>

#include <string_view>

namespace rollcall::node {

namespace {

using problem = std::optional<std::string>;

constexpr std::size_t secret_bytes_max = 4096;

struct secret_source {
  std::string_view key;
  const std::string& file;
  std::string& value;
  std::size_t bytes_min;
};

/// Reads a secret without the line end that editors add.
problem read_secret(const secret_source& source) {
  if (source.file.empty())
    return std::nullopt;
  if (!source.value.empty())
    return fmt::format("{0} and {0}-file are both set; allowed: one of them",
                       source.key);
  auto read = read_small_file(source.file, secret_bytes_max + 2);
  if (!read)
    return fmt::format("{}-file = {} cannot be read, or holds more than {} "
                       "bytes",
                       source.key, source.file, secret_bytes_max);
  auto& text = *read;
  while (text.ends_with('\n') || text.ends_with('\r'))
    text.pop_back();
  if (text.size() < source.bytes_min || text.size() > secret_bytes_max)
    return fmt::format("{}-file = {} holds {} bytes; allowed: {} to {}",
                       source.key, source.file, text.size(), source.bytes_min,
                       secret_bytes_max);
  source.value = std::move(text);
  return std::nullopt;
}

problem check_pairs(const node_settings& settings) {
  const auto& gateway = settings.gateway;
  if (gateway.tls_certificate_file.empty() != gateway.tls_key_file.empty())
    return "rollcall.gateway.tls-certificate-file and "
           "rollcall.gateway.tls-key-file belong together; one is empty";
  if (!settings.auth.hs256_secret.empty()
      && !settings.auth.rs256_public_key_file.empty())
    return "rollcall.auth.hs256-secret and rollcall.auth.rs256-public-key-file "
           "are both set; allowed: one of them";
  const auto& auth = settings.auth;
  if (auth.hs256_secret.empty() && auth.rs256_public_key_file.empty()
      && !(auth.audience.empty() && auth.issuer.empty()))
    return "rollcall.auth.audience or rollcall.auth.issuer is set, and no key "
           "is: nobody would be asked for a token; allowed: together with "
           "rollcall.auth.hs256-secret or rollcall.auth.rs256-public-key-file";
  if (!gateway.path.starts_with('/') || gateway.path == "/")
    return fmt::format("rollcall.gateway.path = {} is not allowed; allowed: a "
                       "path such as /socket",
                       gateway.path);
  return std::nullopt;
}

problem check_patterns(const std::vector<std::string>& patterns) {
  for (const auto& pattern : patterns)
    if (!is_pattern(pattern))
      return fmt::format("rollcall.channel.patterns has \"{}\", which is not "
                         "allowed; allowed: a topic, or a prefix and * at the "
                         "end",
                         pattern);
  return std::nullopt;
}

} // namespace

std::optional<std::string> complete(node_settings& settings) {
  auto& [token, token_file] = settings.admin;
  if (auto wrong = read_secret({"rollcall.admin.token", token_file, token, 16}))
    return wrong;
  auto& auth = settings.auth;
  if (auto wrong = read_secret({"rollcall.auth.hs256-secret",
                                auth.hs256_secret_file, auth.hs256_secret, 32}))
    return wrong;
  if (auto wrong = check_pairs(settings))
    return wrong;
  return check_patterns(settings.channel.patterns);
}

bool is_loopback(const std::string& address) {
  return address == "::1" || address == "localhost"
         || std::string_view{address}.starts_with("127.");
}

} // namespace rollcall::node
