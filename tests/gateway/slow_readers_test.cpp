#include "tests/gateway/client_frames.hpp"
#include "tests/gateway/fixture.hpp"
#include "tests/gateway/raw_client.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace rollcall;
using namespace rollcall::test;
using namespace std::chrono_literals;

namespace {

gateway_config patient() {
  auto settings = test_settings();
  settings.outbox_bytes_max = 16u << 20;
  settings.client_messages_per_second_max = 0;
  settings.write_timeout = 60s;
  return settings;
}

gateway_config with_write_timeout(std::chrono::milliseconds timeout) {
  auto settings = patient();
  settings.write_timeout = timeout;
  return settings;
}

gateway_config with_bound(std::size_t unsent_bytes_max) {
  auto settings = patient();
  settings.unsent_bytes_max = unsent_bytes_max;
  return settings;
}

std::string text(std::string_view payload) {
  return client_frame(opcode::text, payload);
}

/// A client that asked for 6 MB and reads nothing of it.
std::unique_ptr<raw_client> deaf_client(std::uint16_t port) {
  auto made = std::make_unique<raw_client>(port);
  BOOST_TEST_REQUIRE(made->upgrade());
  made->send(text(R"(["1","1","room:a","phx_join",{"quiet":1}])"));
  made->send(text(R"(["1","2","room:a","flood",{}])"));
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(slow_readers_tests)

// What they send meanwhile is no excuse: neither heartbeats nor pings.
BOOST_AUTO_TEST_CASE(
    clients_that_send_and_never_read_go_by_the_write_deadline) {
  open_gateway server{with_write_timeout(300ms)};
  std::vector<std::unique_ptr<raw_client>> all;
  for (int i = 0; i < 10; ++i)
    all.push_back(deaf_client(server.port()));
  const auto noise = text(R"([null,"3","phoenix","heartbeat",{}])")
                     + client_frame(opcode::ping, "p");
  BOOST_TEST(eventually([&] {
    for (const auto& each : all) {
      std::string_view rest{noise};
      each->send_some(rest);
    }
    return server.refused(refusal::write_timeout) == all.size();
  }));
  BOOST_TEST(eventually([&] { return server.door.stats().sessions == 0; }));
  BOOST_TEST(server.door.stats().unsent_bytes == 0u);
}

// The kernel would take megabytes, which no bound counts.
BOOST_AUTO_TEST_CASE(what_a_client_does_not_read_waits_where_it_is_counted) {
  open_gateway server{patient()};
  const auto deaf = deaf_client(server.port());
  BOOST_TEST(eventually(
      [&] { return server.door.stats().unsent_bytes > (5u << 20); }));
}

BOOST_AUTO_TEST_CASE(
    an_http_client_that_never_reads_goes_by_the_write_deadline) {
  running_gateway server{with_write_timeout(300ms)};
  server.door.on_http([](const http_request&) {
    return http_response{200, "text/plain", std::string(20u << 20, 'x'), {}};
  });
  server.open();
  raw_client deaf{server.port()};
  deaf.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  BOOST_TEST(
      eventually([&] { return server.refused(refusal::write_timeout) == 1u; }));
  BOOST_TEST(eventually([&] { return server.door.stats().connections == 0u; }));
  BOOST_TEST(server.door.stats().unsent_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(
    above_the_bound_of_the_node_those_with_the_most_are_closed) {
  constexpr std::size_t bound = 4u << 20;
  open_gateway server{with_bound(bound)};
  test_client bystander{server.port()};
  bystander.join_ok("room:b", "1", R"({"quiet":1})");
  std::vector<std::unique_ptr<raw_client>> all;
  for (int i = 0; i < 8; ++i)
    all.push_back(deaf_client(server.port()));
  BOOST_TEST(eventually(
      [&] { return server.refused(refusal::unsent_bytes_max) >= 6u; }));
  BOOST_TEST(
      eventually([&] { return server.door.stats().unsent_bytes <= bound; }));
  BOOST_TEST(bystander.is_quiet());
  BOOST_TEST(eventually([&] { return server.door.stats().sessions <= 3u; }));
}

BOOST_AUTO_TEST_CASE(the_bound_of_the_node_counts_answers_of_http_too) {
  running_gateway server{with_bound(1u << 20)};
  server.door.on_http([](const http_request&) {
    return http_response{200, "text/plain", std::string(20u << 20, 'x'), {}};
  });
  server.open();
  raw_client deaf{server.port()};
  deaf.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  BOOST_TEST(eventually(
      [&] { return server.refused(refusal::unsent_bytes_max) == 1u; }));
  BOOST_TEST(server.door.stats().unsent_bytes == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
