// Beast cuts the bytes into messages; here is what we make of it.
#include "tests/gateway/client_frames.hpp"
#include "tests/gateway/fixture.hpp"
#include "tests/gateway/hex.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <random>
#include <string>

using namespace rollcall;
using namespace rollcall::test;

namespace {

const std::string heartbeat = R"([null,"1","phoenix","heartbeat",{}])";
const std::string answer = reply("null", "\"1\"", "phoenix", "ok", "{}");

struct small_gateway : open_gateway {
  small_gateway() : open_gateway{small()} {
  }

  static gateway_config small() {
    auto settings = test_settings();
    settings.frame_bytes_max = 1024;
    return settings;
  }

  /// What a fresh client is closed with after these bytes.
  std::uint16_t code_after(const std::string& bytes) {
    test_client client{port()};
    client.send_raw(bytes);
    return client.receive_close();
  }
};

std::uint64_t test_seed() {
  const auto* given = std::getenv("ROLLCALL_TEST_SEED");
  return given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(framing_tests, small_gateway)

BOOST_AUTO_TEST_CASE(a_message_in_fragments_around_a_ping_is_one_message) {
  test_client client{port()};
  client.send_raw(client_frame(opcode::text, heartbeat.substr(0, 5), false)
                  + client_frame(opcode::ping, "p")
                  + client_frame(opcode::continuation, heartbeat.substr(5)));
  BOOST_TEST(client.receive() == answer);
  BOOST_TEST(client.last_pong() == "p");
}

BOOST_AUTO_TEST_CASE(a_message_is_found_however_its_bytes_are_cut) {
  test_client client{port()};
  const auto bytes = client_frame(opcode::text, heartbeat);
  for (const auto byte : bytes)
    client.send_raw({&byte, 1});
  BOOST_TEST(client.receive() == answer);
}

BOOST_AUTO_TEST_CASE(the_limit_holds_for_all_fragments_together) {
  const auto start = client_frame(opcode::text, std::string(600, ' '), false);
  const auto rest = client_frame(opcode::continuation, std::string(600, ' '));
  BOOST_TEST(code_after(start + rest) == 1009);
  BOOST_TEST(refused(refusal::frame_too_large) == 1u);
}

BOOST_AUTO_TEST_CASE(an_absurd_length_is_refused_by_its_header) {
  BOOST_TEST(code_after(from_hex("82 ff 7f ff ff ff ff ff ff ff 00000000"))
             == 1009);
  BOOST_TEST(code_after(from_hex("82 ff 00 00 00 00 ff ff ff ff 00000000"))
             == 1009);
}

BOOST_AUTO_TEST_CASE(violations_of_the_framing_close_with_1002) {
  BOOST_TEST(code_after(from_hex("81 01 61")) == 1002, "not masked");
  BOOST_TEST(code_after(from_hex("c1 80 00000000")) == 1002, "reserved bit");
  BOOST_TEST(code_after(from_hex("83 80 00000000")) == 1002, "unknown opcode");
  BOOST_TEST(code_after(from_hex("09 80 00000000")) == 1002, "half a ping");
  BOOST_TEST(code_after(from_hex("89 fe 007e 00000000")) == 1002, "large ping");
  BOOST_TEST(code_after(client_frame(opcode::continuation, "x")) == 1002,
             "continues nothing");
  BOOST_TEST(code_after(client_frame(opcode::text, "a", false)
                        + client_frame(opcode::text, "b"))
                 == 1002,
             "message in a message");
  BOOST_TEST(code_after(client_frame(opcode::close, "\3")) == 1002,
             "half a close code");
  BOOST_TEST(refused(refusal::protocol_error) == 8u);
}

BOOST_AUTO_TEST_CASE(a_close_of_the_client_is_answered_with_its_code) {
  BOOST_TEST(code_after(client_frame(opcode::close, from_hex("0fa0"))) == 4000);
  BOOST_TEST(eventually([this] { return door.stats().sessions == 0u; }));
  BOOST_TEST(refused(refusal::protocol_error) == 0u);
}

// phoenix.js 1.7 does not come back after 1000, which Beast would say.
BOOST_AUTO_TEST_CASE(a_close_without_a_code_is_answered_without_one) {
  test_client client{port()};
  client.send_raw(client_frame(opcode::close, ""));
  BOOST_TEST(client.receive() == "<closed without a code>");
}

BOOST_AUTO_TEST_CASE(a_close_ends_the_channels_before_the_client_hangs_up) {
  test_client client{port()};
  client.join_ok("room:a", "1", "{\"quiet\":1}");
  client.send_raw(client_frame(opcode::close, from_hex("03e9")));
  BOOST_TEST(eventually([this] { return door.stats().channels == 0u; }));
}

BOOST_AUTO_TEST_CASE(what_is_answered_before_a_close_still_comes) {
  test_client client{port()};
  client.send_raw(client_frame(opcode::text, heartbeat)
                  + client_frame(opcode::text, "no message"));
  BOOST_TEST(client.receive() == answer);
  BOOST_TEST(client.receive_close() == 1008);
}

// Goal: no bytes crash a node, and every connection ends.
// Method: random changes of good frames, each on its own connection.
BOOST_AUTO_TEST_CASE(mutated_frames_end_in_answers_or_a_close) {
  const auto seed = test_seed();
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << seed) {
    std::mt19937_64 rng{seed};
    const auto good = client_frame(opcode::text, "hello", false)
                      + client_frame(opcode::ping, "")
                      + client_frame(opcode::continuation, "you")
                      + client_frame(opcode::close, "\3\350bye");
    for (int i = 0; i < 300; ++i) {
      auto bytes = good;
      for (auto changes = rng() % 4 + 1; changes-- > 0;)
        bytes[rng() % bytes.size()] = static_cast<char>(rng());
      test_client client{port()};
      client.send_raw(bytes);
      client.drop();
    }
  }
  test_client bystander{port()};
  BOOST_TEST(bystander.is_quiet());
  BOOST_TEST(eventually([this] { return door.stats().sessions == 1u; }));
}

BOOST_AUTO_TEST_SUITE_END()
