// Feeds tokens to the verifier. The first byte says what the rest is: a whole
// token, which nobody signed with this key; claims; or a token's header, a
// line, and its claims, which are signed well.
#include "app/node/auth.hpp"
#include "app/node/claims.hpp"
#include "tests/fuzz/require.hpp"
#include <rollcall/limits.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string>

using namespace rollcall;
using fuzz::require;

namespace {

constexpr std::int64_t now_s = 1'700'000'000;
constexpr std::string_view key = "a key that no token of a corpus uses";

node::auth_settings settings() {
  node::auth_settings result;
  result.hs256_secret = key;
  result.issuer = "me";
  return result;
}

const node::token_verifier& verifier() {
  static const auto made = node::token_verifier::make(settings());
  return std::get<node::token_verifier>(made);
}

std::string base64url(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const auto size
      = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()),
                        static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  out.erase(out.find_last_not_of('=') + 1);
  for (auto& each : out)
    each = each == '+' ? '-' : each == '/' ? '_' : each;
  return out;
}

std::string signed_token(std::string_view header, std::string_view claims) {
  auto text = base64url(header) + '.' + base64url(claims);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest,
       &size);
  return text + '.' + base64url({reinterpret_cast<const char*>(digest), size});
}

template <class Verdict>
void check(const Verdict& verdict) {
  if (const auto* why = std::get_if<std::string>(&verdict))
    return require(!why->empty());
  const auto& who = std::get<node::identity>(verdict);
  require(!who.subject.empty() && who.subject.size() <= limits::key_bytes_max);
  static_cast<void>(who.may_join("room:a"));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0)
    return 0;
  auto text = fuzz::as_text(data + 1, size - 1);
  if (data[0] % 3 == 0)
    require(!std::holds_alternative<node::identity>(
        verifier().verify(text, now_s)));
  else if (data[0] % 3 == 1)
    check(node::check_claims(text, settings(), now_s));
  else {
    const auto header = fuzz::cut(text, '\n');
    check(verifier().verify(signed_token(header, text), now_s));
  }
  return 0;
}
