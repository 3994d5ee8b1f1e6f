#include "app/node/auth.hpp"

#include "app/node/claims.hpp"
#include "app/node/small_file.hpp"
#include "text/pattern.hpp"
#include <rollcall/limits.hpp>

#include <fmt/format.h>
#include <jwt.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

namespace rollcall::node {

namespace {

struct jwt_deleter {
  void operator()(jwt_t* token) const noexcept {
    jwt_free(token);
  }
};

using jwt_handle = std::unique_ptr<jwt_t, jwt_deleter>;

struct c_deleter {
  void operator()(char* text) const noexcept {
    std::free(text);
  }
};

bool is_rsa_public_key(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio{
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
  return key && EVP_PKEY_base_id(key.get()) == EVP_PKEY_RSA;
}

jwt_handle decode(const std::string& token, const std::string& key) {
  jwt_t* result = nullptr;
  const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
  if (jwt_decode(&result, token.c_str(), bytes, static_cast<int>(key.size()))
      != 0)
    return nullptr;
  return jwt_handle{result};
}

} // namespace

bool identity::may_join(std::string_view topic) const {
  return !topics
         || std::any_of(topics->begin(), topics->end(), [&](auto& pattern) {
              return matches_pattern(pattern, topic);
            });
}

bool identity::may_follow(std::string_view key) const {
  return std::any_of(follow.begin(), follow.end(), [&](auto& pattern) {
    return matches_pattern(pattern, key);
  });
}

bool is_same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size()
         && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

token_verifier::token_verifier(auth_settings settings, std::string key,
                               bool is_rsa)
    : settings_{std::move(settings)},
      key_{std::move(key)},
      is_rsa_{is_rsa} {
}

std::variant<token_verifier, std::string>
token_verifier::make(auth_settings settings) {
  const auto file = settings.rs256_public_key_file;
  if (file.empty()) {
    auto secret = std::exchange(settings.hs256_secret, {});
    return token_verifier{std::move(settings), std::move(secret), false};
  }
  constexpr std::size_t pem_bytes_max = 65'536;
  auto pem = read_small_file(file, pem_bytes_max);
  if (!pem || !is_rsa_public_key(*pem))
    return fmt::format("rollcall.auth.rs256-public-key-file = {} holds no RSA "
                       "public key; allowed: a PEM file that starts with "
                       "-----BEGIN PUBLIC KEY-----",
                       file);
  return token_verifier{std::move(settings), std::move(*pem), true};
}

std::variant<identity, std::string>
token_verifier::verify(std::string_view token, std::int64_t now_s) const {
  if (token.empty() || token.size() > token_bytes_max)
    return token.empty() ? "there is no token" : "the token is too long";
  const auto decoded = decode(std::string{token}, key_);
  // The second check stops a token that is "signed" by HMAC with the public
  // RSA key, which everybody has, and one with the algorithm "none".
  if (!decoded
      || jwt_get_alg(decoded.get())
             != (is_rsa_ ? JWT_ALG_RS256 : JWT_ALG_HS256))
    return "the signature is not valid";
  // RFC 7515: who does not understand what `crit` lists must refuse. We
  // understand none of it.
  const std::unique_ptr<char, c_deleter> crit{
      jwt_get_headers_json(decoded.get(), "crit")};
  if (crit)
    return "the token has critical extensions, which are not supported";
  const std::unique_ptr<char, c_deleter> json{
      jwt_get_grants_json(decoded.get(), nullptr)};
  if (!json)
    return "the token has no claims";
  return check_claims(json.get(), settings_, now_s);
}

std::string session_of_user(std::string_view user) {
  return "user:" + std::string{user};
}

connect_result connect_without_token(const connect_info& info) {
  connect_result result;
  const auto user = info.params.find("user_id");
  if (user != info.params.end())
    result.session_id = session_of_user(user->second);
  return result;
}

connect_result connect_with_token(const token_verifier& verifier,
                                  const connect_info& info,
                                  std::int64_t now_s) {
  const auto param = info.params.find("token");
  const auto token = info.auth_token.value_or(
      param == info.params.end() ? std::string{} : param->second);
  return renew_with_token(verifier, info, token, now_s);
}

connect_result renew_with_token(const token_verifier& verifier,
                                const connect_info& info,
                                const std::string& token, std::int64_t now_s) {
  auto checked = verifier.verify(token, now_s);
  connect_result result;
  if (const auto* reason = std::get_if<std::string>(&checked)) {
    log_line(log_level::info, "token from {} refused: {}", info.remote_address,
             *reason);
    result.is_accepted = false;
    result.body = *reason;
    return result;
  }
  auto who = std::make_shared<const identity>(
      std::get<identity>(std::move(checked)));
  result.session_id = session_of_user(who->subject);
  result.expires_at = std::chrono::system_clock::time_point{
      std::chrono::seconds{who->expires_s}};
  result.assigns = std::move(who);
  return result;
}

} // namespace rollcall::node
