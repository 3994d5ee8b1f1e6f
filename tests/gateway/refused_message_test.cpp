// What a client said cannot be taken, but it can be told so: its session stays.
#include "tests/gateway/client_frames.hpp"
#include "tests/gateway/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace rollcall;
using namespace rollcall::test;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

struct refused_member : one_member {
  using one_member::one_member;

  /// Sends a message and expects this error, then silence on a session that
  /// still has its channel.
  void check(const std::string& text, const std::string& head,
             const std::string& reason, std::string_view detail, refusal why) {
    const auto before = refused(why);
    client.send(text);
    const auto got = client.receive();
    BOOST_TEST(got
               == "[" + head + R"(,"phx_reply",{"status":"error","response":)"
                      + R"({"reason":")" + reason + R"(","detail":")"
                      + std::string{detail} + R"("}}])");
    BOOST_TEST(client.is_quiet());
    BOOST_TEST(refused(why) == before + 1);
    BOOST_TEST(door.stats().channels == 1u);
  }
};

struct delayed_closes : refused_member {
  delayed_closes() : refused_member{slowly()} {
    client.send(R"(["1","2","room:a","echo",{}])");
    client.receive();
  }

  static gateway_config slowly() {
    auto settings = test_settings();
    settings.close_delay = 300ms;
    settings.leave_timeout = 50ms; // So that the clocks are looked at often.
    return settings;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(refused_message_tests, refused_member)

BOOST_AUTO_TEST_CASE(an_oversized_topic_gets_an_error_reply) {
  const std::string topic(256, 't');
  for (const auto* event : {"phx_join", "e"})
    check(R"(["2","2",")" + topic + "\",\"" + event + "\",{}]",
          R"("2","2",")" + topic + '"', "invalid_topic",
          "topic is longer than 255 bytes", refusal::invalid_topic);
}

BOOST_AUTO_TEST_CASE(a_topic_that_is_no_string_gets_an_error_reply) {
  check(R"(["2","2",3,"phx_join",{}])", R"("2","2",3)", "invalid_topic",
        "topic is not a string", refusal::invalid_topic);
}

BOOST_AUTO_TEST_CASE(an_oversized_ref_or_event_gets_an_error_reply) {
  const std::string large(256, 'x');
  check("[\"2\",\"" + large + R"(","room:a","e",{}])",
        "\"2\",\"" + large + "\",\"room:a\"", "invalid_message",
        "ref is longer than 255 bytes", refusal::invalid_message);
  check("[\"" + large + R"(","2","room:a","e",{}])",
        "\"" + large + R"(","2","room:a")", "invalid_message",
        "join_ref is longer than 255 bytes", refusal::invalid_message);
  check(R"(["1","2","room:a",")" + large + R"(",{}])", R"("1","2","room:a")",
        "invalid_message", "event is longer than 255 bytes",
        refusal::invalid_message);
  check(R"(["1","2","room:a",null,{}])", R"("1","2","room:a")",
        "invalid_message", "event is not a string", refusal::invalid_message);
}

BOOST_AUTO_TEST_CASE(a_payload_that_nests_too_deep_gets_an_error_reply) {
  std::string deep = "1";
  for (int i = 0; i < 80; ++i)
    deep = "{\"a\":" + deep + "}";
  check(R"(["2","2","room:b","phx_join",{"meta":)" + deep + "}]",
        R"("2","2","room:b")", "invalid_payload", "payload nests too deep",
        refusal::invalid_message);
  check(R"(["1","2","room:a","echo",)" + std::string(50'000, '['),
        R"("1","2","room:a")", "invalid_payload", "payload nests too deep",
        refusal::invalid_message);
}

// As JavaScript writes a string that was cut within an emoji.
BOOST_AUTO_TEST_CASE(a_payload_that_is_no_json_gets_an_error_reply) {
  for (const auto* payload : {R"({"meta":{"a":"\ud83d"}})", "{nothing}", ""})
    check(R"(["2","2","room:b","phx_join",)" + std::string{payload} + "]",
          R"("2","2","room:b")", "invalid_payload", "message is not JSON",
          refusal::invalid_message);
}

BOOST_AUTO_TEST_CASE(a_message_that_is_too_large_gets_an_error_reply) {
  const auto large = R"({"meta":{"a":")" + std::string(70'000, 'x') + "\"}}";
  check(R"(["2","2","room:b","phx_join",)" + large + "]", R"("2","2","room:b")",
        "too_large", "message is larger than the limit",
        refusal::message_too_large);
  check(R"(["1","3","room:a","echo",")" + std::string(1'000'000, 'x') + "\"]",
        R"("1","3","room:a")", "too_large", "message is larger than the limit",
        refusal::message_too_large);
  client.send_binary("\0\1\1\6\4"
                     "14room:aecho"s
                     + std::string(100'000, 'b'));
  BOOST_TEST(client.receive()
             == reply("\"1\"", "\"4\"", "room:a", "error",
                      R"({"reason":"too_large","detail":")"
                      R"(message is larger than the limit"})"));
  client.event("room:a", "echo");
  BOOST_TEST(client.receive() == reply("\"1\"", "\"2\"", "room:a", "ok", "{}"));
}

BOOST_AUTO_TEST_CASE(a_refused_rejoin_ends_the_former_channel) {
  client.send(R"(["7","7","room:a","phx_join",")" + std::string(70'000, 'x')
              + "\"]");
  BOOST_TEST(client.receive() == R"(["1","1","room:a","phx_close",{}])");
  client.receive_with("too_large");
  BOOST_TEST(eventually([this] { return door.stats().channels == 0u; }));
}

BOOST_AUTO_TEST_CASE(a_large_message_that_says_nothing_closes_with_1009) {
  client.send(std::string(70'000, 'x'));
  BOOST_TEST(client.receive_close() == 1009);
  BOOST_TEST(refused(refusal::frame_too_large) == 1u);
}

BOOST_AUTO_TEST_CASE(a_message_above_what_is_skipped_closes_with_1009) {
  client.send_raw("\x81\xff\0\0\0\0\0\x10\0\1mask"s);
  BOOST_TEST(client.receive_close() == 1009);
  BOOST_TEST(refused(refusal::frame_too_large) == 1u);
}

// Goal: a client that sends the same again at once does no harm.
// Method: three times garbage, by us and by Beast seen as such, then a look at
//         what its neighbour saw and how long it took.
BOOST_FIXTURE_TEST_CASE(who_is_closed_for_what_it_sent_loses_its_place_late,
                        delayed_closes) {
  test_client neighbour{port()};
  neighbour.join_ok("room:a", "1", quiet);
  const auto start = std::chrono::steady_clock::now();
  const std::string garbage[]
      = {client_frame(opcode::text, "garbage"),
         client_frame(opcode::text, "[\"\xff\"]"), "\x81\x01x"s};
  const std::uint16_t codes[] = {1008, 1007, 1002};
  for (int i = 0; i < 3; ++i) {
    test_client bad{port()};
    bad.join_ok("room:a", "1", R"({"quiet":1,"key":"bad"})");
    neighbour.receive_with("\"joins\":{\"bad\"");
    bad.send_raw(garbage[i] + garbage[0]);
    BOOST_TEST(neighbour.is_quiet());
    BOOST_TEST(bad.receive_close() == codes[i]);
    BOOST_TEST((std::chrono::steady_clock::now() - start >= (i + 1) * 300ms));
    neighbour.receive_with("\"leaves\":{\"bad\"");
  }
  BOOST_TEST(refused(refusal::malformed_frame) == 1u);
  BOOST_TEST(door.stats().channels == 2u); // Those who did nothing wrong.
}

BOOST_AUTO_TEST_SUITE_END()
