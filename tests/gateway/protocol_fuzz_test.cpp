#include "app/gateway/handshake.hpp"
#include "app/gateway/json_text.hpp"
#include "app/gateway/protocol.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <random>
#include <string>

using namespace rollcall;

namespace {

std::uint64_t test_seed() {
  const auto* given = std::getenv("ROLLCALL_TEST_SEED");
  return given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

/// Changes, inserts or removes a few bytes.
std::string mutated(std::string text, std::mt19937_64& rng) {
  for (auto rounds = rng() % 4 + 1; rounds-- > 0;) {
    const auto at = text.empty() ? 0 : rng() % text.size();
    const auto byte = static_cast<char>(rng());
    switch (rng() % 4) {
    case 0:
      text.insert(at, 1, byte);
      break;
    case 1:
      text.erase(at, rng() % 8);
      break;
    case 2:
      text.insert(at, text.substr(at, rng() % 16));
      break;
    default:
      if (!text.empty())
        text[at] = byte;
    }
  }
  return text;
}

/// Whatever is repeated of a message that cannot be decoded: what is sent is a
/// message.
void check_refusal(const std::string& frame) {
  const auto head = channels::read_text_head(frame);
  if (!head)
    return;
  const auto sent = channels::encode_refusal(*head, "reason", "de\"tail");
  BOOST_TEST_REQUIRE(
      (channels::check_json(sent, 16) == channels::json_verdict::ok), sent);
}

/// What went in must come out: a reply to a message can be parsed again.
void check_text(const std::string& frame) {
  channels::message message;
  if (channels::decode_text(frame, {}, message) != channels::problem::none) {
    check_refusal(frame);
    return;
  }
  const auto reply
      = channels::encode_reply(message.join_ref, message.ref, message.topic,
                               message.event, message.payload);
  channels::message again;
  channels::decode_limits limits;
  limits.depth_max += 1; // The reply wraps the payload.
  BOOST_TEST_REQUIRE((channels::decode_text(reply.bytes, limits, again)
                      == channels::problem::none));
  BOOST_TEST(again.topic == message.topic);
  BOOST_TEST(again.join_ref == message.join_ref);
  BOOST_TEST(again.ref == message.ref);
}

} // namespace

BOOST_AUTO_TEST_SUITE(protocol_fuzz_tests)

// Goal: no bytes crash the decoders, and what they accept is whole.
// Method: random mutations of good frames; run it under the sanitizers.
BOOST_AUTO_TEST_CASE(mutated_text_frames_are_decoded_or_refused) {
  const auto seed = test_seed();
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << seed) {
    std::mt19937_64 rng{seed};
    const std::string good
        = R"(["1",{"a":[2]},"room:\u00e9é","new\"msg",{"a":[1,2,{"b":"]"}]}])";
    for (int i = 0; i < 30'000; ++i)
      check_text(mutated(good, rng));
  }
}

BOOST_AUTO_TEST_CASE(mutated_binary_frames_are_decoded_or_refused) {
  const auto seed = test_seed();
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << seed) {
    std::mt19937_64 rng{seed};
    std::string good{"\0\2\3\5\5", 5};
    good += "12123topiceventefg";
    for (int i = 0; i < 30'000; ++i) {
      channels::message message;
      const auto frame = mutated(good, rng);
      if (channels::decode_binary(frame, message) == channels::problem::none)
        BOOST_TEST_REQUIRE(message.payload.bytes.size() <= frame.size());
    }
  }
}

BOOST_AUTO_TEST_CASE(mutated_targets_and_headers_are_survived) {
  const auto seed = test_seed();
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << seed) {
    std::mt19937_64 rng{seed};
    const auto policy
        = channels::origin_policy::parse({"same-host", "//*.example.com:81"});
    const auto hosts = *channels::host_policy::parse({"*.example.com"});
    for (int i = 0; i < 30'000; ++i) {
      const auto target
          = channels::parse_target(mutated("/a/b?x=%41+1&vsn=2.0.0#f", rng));
      static_cast<void>(channels::is_supported_version(target.params));
      const auto origin = mutated("https://[::1]:443", rng);
      static_cast<void>(policy->allows(origin, origin, hosts));
      static_cast<void>(channels::choose_subprotocol(
          mutated("phoenix, base64url.bearer.phx.YWJj", rng), {"a"}, true));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
