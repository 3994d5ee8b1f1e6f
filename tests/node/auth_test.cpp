#include "app/node/auth.hpp"
#include "app/node/claims.hpp"
#include "tests/node/tokens.hpp"
#include "tests/support/temporary_file.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

namespace {

using namespace rollcall;
using namespace rollcall::node;
using test::make_token;

constexpr std::int64_t now_s = 1'700'000'000;
const std::string secret = "a secret of thirty-two bytes, yes";

token_verifier verifier_of(auth_settings settings) {
  return std::get<token_verifier>(token_verifier::make(std::move(settings)));
}

auth_settings with_secret() {
  auth_settings settings;
  settings.hs256_secret = secret;
  return settings;
}

struct shared_secret {
  token_verifier verifier = verifier_of(with_secret());

  /// From now on tokens must be signed by the private half of a fresh key.
  test::key_pair verify_by_rsa() {
    auto keys = test::make_rsa_key();
    const test::temporary_file pem{keys.public_pem};
    auth_settings settings;
    settings.rs256_public_key_file = pem.path();
    verifier = verifier_of(settings);
    return keys;
  }

  std::string outcome(const std::string& token, std::int64_t at = now_s) const {
    const auto result = verifier.verify(token, at);
    if (const auto* who = std::get_if<identity>(&result))
      return "sub=" + who->subject;
    return std::get<std::string>(result);
  }
};

std::string claims(const std::string& more = {}) {
  return fmt::format(R"({{"sub":"ann","exp":{}{}}})", now_s + 60, more);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(auth_tests, shared_secret)

BOOST_AUTO_TEST_CASE(a_valid_token_names_its_subject) {
  BOOST_TEST(outcome(make_token("HS256", secret, claims())) == "sub=ann");
}

BOOST_AUTO_TEST_CASE(a_token_with_a_critical_extension_is_refused) {
  const auto token = make_token("HS256", secret, claims(),
                                R"({"crit":["exp-ip"],"exp-ip":"10.0.0.1"})");
  BOOST_TEST(outcome(token)
             == "the token has critical extensions, which are not supported");
}

BOOST_AUTO_TEST_CASE(a_token_with_a_header_that_is_not_critical_is_taken) {
  const auto token
      = make_token("HS256", secret, claims(), R"({"kid":"key 1"})");
  BOOST_TEST(outcome(token) == "sub=ann");
}

BOOST_AUTO_TEST_CASE(no_token_is_refused) {
  BOOST_TEST(outcome("") == "there is no token");
}

BOOST_AUTO_TEST_CASE(what_is_no_token_is_refused) {
  for (const auto* text : {"x", "a.b.c", "...", "eyJhbGciOiJIUzI1NiJ9.e30."})
    BOOST_TEST(outcome(text) == "the signature is not valid");
}

BOOST_AUTO_TEST_CASE(a_token_above_the_length_limit_is_refused) {
  const std::string longest(token_verifier::token_bytes_max, 'a');
  BOOST_TEST(outcome(longest) == "the signature is not valid");
  BOOST_TEST(outcome(longest + 'a') == "the token is too long");
}

BOOST_AUTO_TEST_CASE(a_token_signed_with_another_secret_is_refused) {
  const auto token = make_token("HS256", secret + "!", claims());
  BOOST_TEST(outcome(token) == "the signature is not valid");
}

BOOST_AUTO_TEST_CASE(a_changed_token_is_refused) {
  auto token = make_token("HS256", secret, claims());
  token[token.find('.') + 5] ^= 1;
  BOOST_TEST(outcome(token) == "the signature is not valid");
}

BOOST_AUTO_TEST_CASE(the_algorithm_none_is_refused) {
  BOOST_TEST(outcome(make_token("none", {}, claims()))
             == "the signature is not valid");
}

BOOST_AUTO_TEST_CASE(another_algorithm_of_the_same_family_is_refused) {
  BOOST_TEST(outcome(make_token("HS512", secret, claims()))
             == "the signature is not valid");
}

BOOST_AUTO_TEST_CASE(a_token_ends_at_exp) {
  const auto token = make_token("HS256", secret, claims());
  BOOST_TEST(outcome(token, now_s + 59) == "sub=ann");
  BOOST_TEST(outcome(token, now_s + 60) == "the token has expired");
}

// What is not a number is neither before nor after now.
BOOST_AUTO_TEST_CASE(an_exp_that_is_not_a_number_has_passed) {
  const auto done
      = check_claims(R"({"sub":"ann","exp":0e999})", auth_settings{}, now_s);
  BOOST_REQUIRE(std::holds_alternative<std::string>(done));
  BOOST_TEST(std::get<std::string>(done) == "the token has expired");
}

BOOST_AUTO_TEST_CASE(a_token_without_exp_is_refused) {
  BOOST_TEST(outcome(make_token("HS256", secret, R"({"sub":"ann"})"))
             == "the token has no exp");
}

BOOST_AUTO_TEST_CASE(a_token_starts_at_nbf) {
  const auto token
      = make_token("HS256", secret, claims(fmt::format(",\"nbf\":{}", now_s)));
  BOOST_TEST(outcome(token, now_s - 1) == "the token is not valid yet");
  BOOST_TEST(outcome(token, now_s) == "sub=ann");
}

BOOST_AUTO_TEST_CASE(leeway_forgives_clocks_that_differ) {
  auto settings = with_secret();
  settings.leeway = std::chrono::seconds{10};
  verifier = verifier_of(settings);
  const auto token = make_token("HS256", secret, claims());
  BOOST_TEST(outcome(token, now_s + 69) == "sub=ann");
  BOOST_TEST(outcome(token, now_s + 70) == "the token has expired");
}

BOOST_AUTO_TEST_CASE(a_token_needs_a_subject_of_1_to_255_bytes) {
  const auto with_sub = [](const std::string& sub) {
    return make_token("HS256", secret,
                      fmt::format(R"({{"exp":{},"sub":{}}})", now_s + 1, sub));
  };
  const auto refused = "the claim sub is not a string of 1 to 255 bytes";
  BOOST_TEST(outcome(with_sub("\"\"")) == refused);
  BOOST_TEST(outcome(with_sub("7")) == refused);
  BOOST_TEST(outcome(with_sub('"' + std::string(256, 'a') + '"')) == refused);
  const std::string longest(255, 'a');
  BOOST_TEST(outcome(with_sub('"' + longest + '"')) == "sub=" + longest);
}

BOOST_AUTO_TEST_CASE(the_audience_is_checked_if_it_is_set) {
  auto settings = with_secret();
  settings.audience = "game";
  verifier = verifier_of(settings);
  const auto with_aud = [](const std::string& aud) {
    return make_token("HS256", secret, claims(",\"aud\":" + aud));
  };
  const auto refused = "the token is for another audience";
  BOOST_TEST(outcome(with_aud(R"("game")")) == "sub=ann");
  BOOST_TEST(outcome(with_aud(R"(["shop","game"])")) == "sub=ann");
  BOOST_TEST(outcome(with_aud(R"("shop")")) == refused);
  BOOST_TEST(outcome(make_token("HS256", secret, claims())) == refused);
}

BOOST_AUTO_TEST_CASE(the_issuer_is_checked_if_it_is_set) {
  auto settings = with_secret();
  settings.issuer = "login";
  verifier = verifier_of(settings);
  BOOST_TEST(outcome(make_token("HS256", secret, claims(R"(,"iss":"login")")))
             == "sub=ann");
  BOOST_TEST(outcome(make_token("HS256", secret, claims()))
             == "the token is from another issuer");
}

BOOST_AUTO_TEST_CASE(the_claim_topics_limits_what_may_be_joined) {
  const auto token
      = make_token("HS256", secret, claims(R"(,"topics":["room:*","news"])"));
  const auto who = std::get<identity>(verifier.verify(token, now_s));
  BOOST_TEST(who.may_join("room:1"));
  BOOST_TEST(who.may_join("room:"));
  BOOST_TEST(who.may_join("news"));
  BOOST_TEST(!who.may_join("news:1"));
  BOOST_TEST(!who.may_join("admin"));
}

BOOST_AUTO_TEST_CASE(without_the_claim_topics_every_topic_may_be_joined) {
  const auto token = make_token("HS256", secret, claims());
  BOOST_TEST(std::get<identity>(verifier.verify(token, now_s)).may_join("x"));
}

BOOST_AUTO_TEST_CASE(an_empty_list_of_topics_allows_none) {
  const auto token = make_token("HS256", secret, claims(",\"topics\":[]"));
  BOOST_TEST(!std::get<identity>(verifier.verify(token, now_s)).may_join("x"));
}

BOOST_AUTO_TEST_CASE(topics_that_are_no_list_of_strings_are_refused) {
  for (const auto* topics : {"\"*\"", "[1]", "{}"})
    BOOST_TEST(outcome(make_token("HS256", secret,
                                  claims(std::string{",\"topics\":"} + topics)))
               == "the claim topics is not a list of strings");
}

BOOST_AUTO_TEST_CASE(the_claim_follow_says_which_keys_may_be_followed) {
  const auto of = [&](const std::string& more) {
    return std::get<identity>(
        verifier.verify(make_token("HS256", secret, claims(more)), now_s));
  };
  const auto who = of(R"(,"follow":["team:*","bob"])");
  BOOST_TEST(who.may_follow("team:1"));
  BOOST_TEST(who.may_follow("bob"));
  BOOST_TEST(!who.may_follow("bobby"));
  BOOST_TEST(of(R"(,"follow":["*"])").may_follow("anybody"));
  BOOST_TEST(!of("").may_follow("bob"));
  BOOST_TEST(outcome(make_token("HS256", secret, claims(",\"follow\":7")))
             == "the claim follow is not a list of strings");
}

BOOST_AUTO_TEST_CASE(the_claim_linger_ms_max_is_a_number_of_an_hour_at_most) {
  const auto of = [&](const std::string& value) {
    return make_token("HS256", secret, claims(",\"linger_ms_max\":" + value));
  };
  BOOST_TEST(std::get<identity>(verifier.verify(of("3600000"), now_s))
                 .linger_ms_max.value()
             == 3'600'000u);
  for (const auto* wrong : {"3600001", "-1", "1.5", "\"1\""})
    BOOST_TEST(outcome(of(wrong))
               == "the claim linger_ms_max is not a whole number from 0 to "
                  "3600000");
}

BOOST_AUTO_TEST_CASE(an_rsa_key_verifies_what_its_private_half_signed) {
  const auto keys = verify_by_rsa();
  BOOST_TEST(outcome(make_token("RS256", keys.private_pem, claims()))
             == "sub=ann");
  const auto others = test::make_rsa_key();
  BOOST_TEST(outcome(make_token("RS256", others.private_pem, claims()))
             == "the signature is not valid");
}

// Everybody has the public key. A verifier that follows the token's header
// takes it for an HMAC secret.
BOOST_AUTO_TEST_CASE(a_token_signed_by_hmac_with_the_public_key_is_refused) {
  const auto keys = verify_by_rsa();
  BOOST_TEST(outcome(make_token("HS256", keys.public_pem, claims()))
             == "the signature is not valid");
}

BOOST_AUTO_TEST_CASE(a_file_without_an_rsa_public_key_is_named) {
  auth_settings settings;
  settings.rs256_public_key_file = "/nonexistent.pem";
  const auto made = token_verifier::make(settings);
  BOOST_TEST(std::get<std::string>(made).find("/nonexistent.pem")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(connect_takes_the_token_of_the_subprotocol_first) {
  connect_info info;
  info.auth_token = make_token("HS256", secret, claims());
  info.params["token"] = "bad";
  const auto result = connect_with_token(verifier, info, now_s);
  BOOST_TEST(result.is_accepted);
  BOOST_TEST(result.session_id == "user:ann");
  const auto* who = static_cast<const identity*>(result.assigns.get());
  BOOST_REQUIRE(who != nullptr);
  BOOST_TEST(who->subject == "ann");
}

BOOST_AUTO_TEST_CASE(connect_takes_the_token_of_the_parameter_else) {
  connect_info info;
  info.params["token"] = make_token("HS256", secret, claims());
  BOOST_TEST(connect_with_token(verifier, info, now_s).is_accepted);
}

BOOST_AUTO_TEST_CASE(a_session_ends_when_its_token_does) {
  connect_info info;
  info.auth_token = make_token("HS256", secret, claims());
  const auto result = connect_with_token(verifier, info, now_s);
  BOOST_REQUIRE(result.expires_at.has_value());
  BOOST_TEST((*result.expires_at
              == std::chrono::system_clock::time_point{
                  std::chrono::seconds{now_s + 60}}));
  info.auth_token = make_token("HS256", secret, R"({"sub":"ann","exp":1e300})");
  BOOST_TEST((connect_with_token(verifier, info, now_s).expires_at
              > std::chrono::system_clock::now()));
}

BOOST_AUTO_TEST_CASE(a_fresh_token_is_checked_as_the_first_was) {
  const auto fresh = make_token("HS256", secret, claims());
  const auto result = renew_with_token(verifier, {}, fresh, now_s);
  BOOST_TEST(result.is_accepted);
  BOOST_TEST(result.session_id == "user:ann");
  BOOST_TEST(renew_with_token(verifier, {}, fresh, now_s + 61).body
             == "the token has expired");
}

BOOST_AUTO_TEST_CASE(connect_without_a_valid_token_is_refused_with_403) {
  const auto result = connect_with_token(verifier, connect_info{}, now_s);
  BOOST_TEST(!result.is_accepted);
  BOOST_TEST(result.status == 403u);
  BOOST_TEST(result.body == "there is no token");
}

BOOST_AUTO_TEST_CASE(secrets_are_the_same_only_if_all_bytes_are) {
  BOOST_TEST(is_same_secret("abc", "abc"));
  BOOST_TEST(!is_same_secret("abc", "abd"));
  BOOST_TEST(!is_same_secret("abc", "abcd"));
  BOOST_TEST(!is_same_secret("", "a"));
}

BOOST_AUTO_TEST_SUITE_END()
