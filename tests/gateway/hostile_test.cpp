#include "tests/gateway/client_frames.hpp"
#include "tests/gateway/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <thread>

using namespace rollcall;
using namespace rollcall::test;
using namespace std::string_literals;

namespace {

/// One client that does harm and one that must notice nothing.
struct with_bystander : one_member {
  explicit with_bystander(gateway_config settings = small())
      : one_member{std::move(settings)} {
    bystander.join_ok("room:b", "1", quiet);
  }

  ~with_bystander() {
    BOOST_TEST(bystander.is_quiet());
    BOOST_TEST(door.stats().channels == 1u);
  }

  static gateway_config small() {
    auto settings = test_settings();
    settings.outbox_bytes_max = 1u << 20;
    settings.frame_bytes_max = 1u << 20;
    settings.client_messages_per_second_max = 0; // Other limits are tested.
    return settings;
  }

  /// Expects that this was the end, for this reason.
  void check_end(std::uint16_t code, refusal why) {
    BOOST_TEST(client.receive_close() == code);
    BOOST_TEST(refused(why) == 1u);
    BOOST_TEST(eventually([this] { return door.stats().channels == 1u; }));
  }

  test_client bystander{port()};
};

struct impatient : with_bystander {
  impatient() : with_bystander{quickly()} {
  }

  static gateway_config quickly() {
    auto settings = small();
    settings.idle_timeout = std::chrono::seconds{2};
    return settings;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hostile_tests, with_bystander)

BOOST_AUTO_TEST_CASE(json_that_nests_100000_deep_ends_its_session_only) {
  client.send(std::string(100'000, '['));
  check_end(1008, refusal::malformed_frame);
  BOOST_TEST(client.close_reason() == "payload nests too deep");
}

BOOST_AUTO_TEST_CASE(text_that_is_no_message_ends_its_session_only) {
  client.send("{\"topic\":\"x\"}");
  check_end(1008, refusal::malformed_frame);
  BOOST_TEST(client.close_reason() == "message is not an array");
}

BOOST_AUTO_TEST_CASE(text_that_is_no_json_ends_its_session_only) {
  client.send("hello");
  check_end(1008, refusal::malformed_frame);
  BOOST_TEST(client.close_reason() == "message is not JSON");
}

BOOST_AUTO_TEST_CASE(a_truncated_binary_frame_ends_its_session_only) {
  client.send_binary("\0\1\1\377\1"
                     "11t"s);
  check_end(1008, refusal::malformed_frame);
}

BOOST_AUTO_TEST_CASE(an_unknown_binary_kind_ends_its_session_only) {
  client.send_binary("\7\1\1\1\1"
                     "11te"s);
  check_end(1008, refusal::malformed_frame);
}

BOOST_AUTO_TEST_CASE(invalid_utf8_ends_its_session_only) {
  client.send_raw(
      client_frame(opcode::text, "[\"1\",\"2\",\"room:a\",\"echo\",\"\xff\"]"));
  check_end(1007, refusal::invalid_utf8);
}

BOOST_AUTO_TEST_CASE(an_unmasked_frame_ends_its_session_only) {
  client.send_raw("\x81\x01x");
  check_end(1002, refusal::protocol_error);
}

BOOST_AUTO_TEST_CASE(a_huge_frame_ends_its_session_by_its_header) {
  client.send_raw(
      std::string{"\x82\xff\x00\x00\xff\xff\xff\xff\xff\xffmask", 14});
  check_end(1009, refusal::frame_too_large);
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_is_closed) {
  for (int i = 0; i < 4; ++i)
    client.event("room:a", "flood");
  BOOST_TEST(
      eventually([this] { return refused(refusal::outbox_overflow) == 1u; }));
  BOOST_TEST(bystander.is_quiet());
  BOOST_TEST(client.receive_close() == 1008);
  BOOST_TEST(client.close_reason() == "client reads too slowly");
  BOOST_TEST(eventually([this] { return door.stats().channels == 1u; }));
}

BOOST_AUTO_TEST_CASE(a_client_that_never_reads_again_is_dropped) {
  for (int i = 0; i < 4; ++i)
    client.event("room:a", "flood");
  BOOST_TEST(eventually([this] { return door.stats().sessions == 1u; }));
}

// Its pongs cannot be written, so nothing more is read: that looks idle.
BOOST_FIXTURE_TEST_CASE(pings_that_nobody_reads_the_answers_of_are_bounded,
                        impatient) {
  std::string pings;
  const auto one = client_frame(opcode::ping, std::string(125, 'p'));
  for (int i = 0; i < 100'000; ++i)
    pings += one;
  std::thread sending{[this, &pings] { client.send_raw(pings); }};
  while (refused(refusal::idle) == 0)
    BOOST_TEST_REQUIRE(bystander.is_quiet());
  while (door.stats().sessions > 1)
    BOOST_TEST_REQUIRE(bystander.is_quiet());
  sending.join();
}

BOOST_AUTO_TEST_CASE(a_flood_before_a_join_is_answered_ends_its_session_only) {
  client.join("room:c", "1", "{\"hang\":1}");
  for (int i = 0; i < 300; ++i)
    client.event("room:c", "echo");
  check_end(1008, refusal::flood);
}

BOOST_AUTO_TEST_CASE(a_burst_of_events_is_answered_completely) {
  std::string burst;
  const auto one
      = client_frame(opcode::text, R"(["1","2","room:a","echo",{"x":1}])");
  for (int i = 0; i < 10'000; ++i)
    burst += one;
  std::thread sending{[this, &burst] { client.send_raw(burst); }};
  for (int i = 0; i < 10'000; ++i)
    BOOST_TEST_REQUIRE(client.receive()
                       == reply("\"1\"", "\"2\"", "room:a", "ok", "{\"x\":1}"));
  sending.join();
  client.close();
  BOOST_TEST(eventually([this] { return door.stats().channels == 1u; }));
}

BOOST_AUTO_TEST_SUITE_END()
