#include "tests/gateway/fixture.hpp"
#include "tests/support/contains.hpp"
#include <rollcall/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall;
using namespace rollcall::test;
using namespace std::chrono_literals;

namespace {

/// What `start` says to settings that one change made wrong.
std::string complaint(const std::function<void(gateway_config&)>& change) {
  gateway_config settings;
  change(settings);
  const auto problem = validate(settings);
  BOOST_TEST((code_of(problem) == ec::invalid_config));
  return describe(problem);
}

} // namespace

BOOST_AUTO_TEST_SUITE(limits_tests)

BOOST_AUTO_TEST_CASE(a_hundred_channels_are_allowed_and_no_more) {
  open_gateway server;
  test_client client{server.port()};
  for (int i = 1; i <= 100; ++i) {
    const auto ref = std::to_string(i);
    client.join("room:" + ref, ref, quiet, ref);
    BOOST_TEST(client.receive()
               == reply("\"" + ref + "\"", "\"" + ref + "\"", "room:" + ref,
                        "ok", "{}"));
  }
  client.join("room:101", "101", quiet, "101");
  BOOST_TEST(client.receive()
             == reply("\"101\"", "\"101\"", "room:101", "error",
                      R"({"reason":"too many channels joined"})"));
  BOOST_TEST(server.door.stats().channels == 100u);
}

BOOST_AUTO_TEST_CASE(with_a_limit_of_one_the_second_join_is_refused) {
  open_gateway server{
      test_settings(&gateway_config::channels_per_session_max, 1)};
  test_client client{server.port()};
  client.join_ok("room:a", "1", quiet);
  client.join("room:b", "2", quiet, "2");
  BOOST_TEST(client.receive()
             == reply("\"2\"", "\"2\"", "room:b", "error",
                      R"({"reason":"too many channels joined"})"));
  client.join_ok("room:a", "3", quiet);
}

BOOST_AUTO_TEST_CASE(sessions_above_the_limit_get_503) {
  open_gateway server{test_settings(&gateway_config::sessions_max, 2)};
  test_client first{server.port()};
  {
    test_client second{server.port()};
    BOOST_TEST(second.answer().status == 101u);
    BOOST_TEST(test_client{server.port()}.answer().status == 503u);
    second.close();
  }
  BOOST_TEST(
      eventually([&server] { return server.door.stats().sessions == 1u; }));
  BOOST_TEST(test_client{server.port()}.answer().status == 101u);
  BOOST_TEST(server.refused(refusal::sessions_max) == 1u);
}

BOOST_AUTO_TEST_CASE(joins_above_the_rate_are_refused) {
  open_gateway server{test_settings(&gateway_config::joins_per_second_max, 1)};
  test_client client{server.port()};
  client.join_ok("room:a", "1", quiet);
  client.join("room:b", "2", quiet, "2");
  BOOST_TEST(client.receive()
             == reply("\"2\"", "\"2\"", "room:b", "error",
                      R"({"reason":"overloaded"})"));
  BOOST_TEST(server.refused(refusal::join_rate) == 1u);
}

BOOST_AUTO_TEST_CASE(a_frame_may_be_as_large_as_the_limit) {
  open_gateway server{test_settings(&gateway_config::frame_bytes_max, 4096)};
  test_client client{server.port()};
  client.join_ok("room:a", "1", quiet);
  const std::string head = R"(["1","2","room:a","echo",")";
  const std::string text(4096 - head.size() - 2, 'x');
  client.send(head + text + "\"]");
  BOOST_TEST(client.receive()
             == reply("\"1\"", "\"2\"", "room:a", "ok", "\"" + text + "\""));
  client.send(head + text + "x\"]");
  BOOST_TEST(client.receive().find(R"({"reason":"too_large")")
             != std::string::npos);
  BOOST_TEST(server.refused(refusal::message_too_large) == 1u);
}

BOOST_AUTO_TEST_CASE(a_connection_that_says_nothing_is_dropped) {
  open_gateway server{test_settings(&gateway_config::handshake_timeout, 150ms)};
  BOOST_TEST(raw_http(server.port(), "").status == 0u);
  BOOST_TEST(raw_http(server.port(), "GET / HTT").status == 0u);
  BOOST_TEST(server.refused(refusal::handshake_timeout) == 2u);
}

BOOST_AUTO_TEST_CASE(an_empty_topic_cannot_be_joined) {
  running_gateway server;
  server.door.channel("*", room_channel(server.who));
  server.open();
  test_client client{server.port()};
  client.join("");
  BOOST_TEST(
      client.receive()
      == reply(
          "\"1\"", "\"1\"", "", "error",
          R"({"reason":"invalid_topic","detail":"a topic has 1 to 255 bytes"})"));
}

BOOST_AUTO_TEST_CASE(a_broken_setting_is_named_with_its_bounds) {
  BOOST_TEST(contains(complaint([](auto& it) { it.io_threads = 65; }),
                      "io_threads is 65; allowed: 0 to 64"));
  BOOST_TEST(contains(complaint([](auto& it) { it.frame_bytes_max = 1; }),
                      "frame_bytes_max is 1"));
  BOOST_TEST(contains(complaint([](auto& it) { it.idle_timeout = 99ms; }),
                      "idle_timeout_ms is 99"));
  BOOST_TEST(contains(complaint([](auto& it) { it.path = "x"; }), "path"));
  BOOST_TEST(contains(complaint([](auto& it) { it.tls_key_file = "k"; }),
                      "certificate"));
  BOOST_TEST(!validate(gateway_config{}));
}

BOOST_AUTO_TEST_CASE(a_taken_port_is_a_clear_error) {
  open_gateway server;
  auto settings = test_settings();
  settings.port = server.port();
  auto second = gateway::start(server.system, server.who, settings);
  BOOST_TEST_REQUIRE(static_cast<bool>(second));
  const auto problem = second->listen();
  BOOST_TEST((code_of(problem) == ec::invalid_config));
  BOOST_TEST(contains(describe(problem), std::to_string(server.port())));
}

BOOST_AUTO_TEST_CASE(an_origin_without_host_is_a_configuration_error) {
  running_gateway server;
  gateway_config settings;
  settings.origins = {"example.com"};
  const auto made = gateway::start(server.system, server.who, settings);
  BOOST_TEST_REQUIRE(!made);
  BOOST_TEST((code_of(made.error()) == ec::invalid_config));
}

BOOST_AUTO_TEST_SUITE_END()
