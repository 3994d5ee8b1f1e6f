#include "tests/gateway/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall;
using namespace rollcall::test;

namespace {

/// One message a second in the long run, and ten at once.
gateway_config slow_messages() {
  return test_settings(&gateway_config::client_messages_per_second_max, 1);
}

std::string limited(const std::string& refs, const std::string& topic) {
  return "[" + refs + ",\"" + topic
         + R"(","phx_reply",{"status":"error","response":)"
           R"({"reason":"rate_limited","retry_after_ms":)";
}

} // namespace

BOOST_AUTO_TEST_SUITE(rates_tests)

BOOST_AUTO_TEST_CASE(above_the_rate_of_messages_there_are_error_replies) {
  open_gateway server{slow_messages()};
  test_client client{server.port()};
  for (int i = 0; i < 10; ++i)
    BOOST_TEST_REQUIRE(client.is_quiet());
  client.join("room:a", "1", quiet, "7");
  BOOST_TEST(client.receive().starts_with(limited(R"("1","7")", "room:a")));
  BOOST_TEST(server.refused(refusal::message_rate) == 1u);
  BOOST_TEST(server.door.stats().channels == 0u);
}

BOOST_AUTO_TEST_CASE(who_goes_on_above_the_rate_is_closed) {
  open_gateway server{slow_messages()};
  test_client client{server.port()};
  test_client bystander{server.port()};
  for (int i = 0; i < 300; ++i)
    client.event("room:a", "x", "{}", "null", "null");
  BOOST_TEST(client.receive_close() == 1008);
  BOOST_TEST(client.close_reason() == "went on though it was rate limited");
  BOOST_TEST(server.refused(refusal::rate_limit) == 1u);
  BOOST_TEST(bystander.is_quiet());
}

BOOST_AUTO_TEST_CASE(joins_have_a_rate_of_their_own) {
  auto settings
      = test_settings(&gateway_config::client_joins_per_second_max, 1);
  settings.channels_per_session_max = 1;
  open_gateway server{settings};
  test_client client{server.port()};
  for (int i = 0; i < 10; ++i)
    client.join_ok("room:a", std::to_string(i), quiet);
  client.join("room:a", "11", quiet, "11");
  BOOST_TEST(client.receive().starts_with(limited(R"("11","11")", "room:a")));
  BOOST_TEST(server.refused(refusal::client_join_rate) == 1u);
  client.event("room:a", "echo", "{}", "9", "12"); // The last join holds.
  BOOST_TEST(client.receive()
             == reply("\"9\"", "\"12\"", "room:a", "ok", "{}"));
}

BOOST_AUTO_TEST_CASE(whoever_comes_back_may_join_all_its_channels_at_once) {
  open_gateway server{
      test_settings(&gateway_config::client_joins_per_second_max, 1)};
  test_client client{server.port()};
  for (int i = 0; i < 100; ++i)
    client.join_ok("room:" + std::to_string(i), "1", quiet);
}

BOOST_AUTO_TEST_CASE(calls_of_presence_have_a_rate_of_their_own) {
  open_gateway server{
      test_settings(&gateway_config::client_presence_calls_per_second_max, 1)};
  test_client client{server.port()};
  client.join_ok("room:a", "1", quiet);
  for (int i = 0; i < 11; ++i)
    client.event("room:a", "presence:update", "{}", "1", "7");
  BOOST_TEST(client.receive().starts_with(limited(R"("1","7")", "room:a")));
  BOOST_TEST(client.is_quiet());
  BOOST_TEST(server.refused(refusal::presence_rate) == 1u);
}

BOOST_AUTO_TEST_CASE(connections_of_one_user_share_its_rates) {
  running_gateway server{
      test_settings(&gateway_config::user_messages_per_second_max, 1)};
  server.door.on_connect([](const connect_info&) {
    return connect_result{true, 0, {}, "ann", nullptr};
  });
  server.open();
  test_client one{server.port()};
  test_client two{server.port()};
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST_REQUIRE(one.is_quiet());
    BOOST_TEST_REQUIRE(two.is_quiet());
  }
  one.join("room:a", "1", quiet, "7");
  BOOST_TEST(one.receive().starts_with(limited(R"("1","7")", "room:a")));
}

BOOST_AUTO_TEST_CASE(connects_above_the_rate_of_an_address_get_429) {
  auto settings = test_settings();
  settings.address_limits_exempt = {};
  settings.address_connects_per_second_max = 1;
  open_gateway server{settings};
  for (int i = 0; i < 10; ++i)
    BOOST_TEST_REQUIRE(test_client{server.port()}.answer().status == 101u);
  BOOST_TEST(test_client{server.port()}.answer().status == 429u);
  BOOST_TEST(server.refused(refusal::connect_rate) == 1u);
}

BOOST_AUTO_TEST_CASE(an_address_has_so_many_connections_and_no_more) {
  auto settings = test_settings();
  settings.address_limits_exempt = {};
  settings.address_connections_max = 2;
  open_gateway server{settings};
  test_client first{server.port()};
  {
    test_client second{server.port()};
    BOOST_TEST(second.answer().status == 101u);
    BOOST_TEST(test_client{server.port()}.answer().status == 429u);
    BOOST_TEST(server.refused(refusal::connections_max) == 1u);
  }
  BOOST_TEST(
      eventually([&server] { return server.door.stats().connections == 1u; }));
  BOOST_TEST(test_client{server.port()}.answer().status == 101u);
  BOOST_TEST(first.is_quiet());
}

BOOST_AUTO_TEST_CASE(loopback_is_exempt_unless_told_otherwise) {
  auto settings = test_settings(&gateway_config::address_connections_max, 1);
  settings.address_connects_per_second_max = 1;
  open_gateway server{settings};
  test_client first{server.port()};
  for (int i = 0; i < 30; ++i)
    BOOST_TEST_REQUIRE(test_client{server.port()}.answer().status == 101u);
}

BOOST_AUTO_TEST_SUITE_END()
