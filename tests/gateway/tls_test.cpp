#include "tests/gateway/fixture.hpp"
#include "tests/gateway/tls_client.hpp"
#include <rollcall/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall;
using namespace rollcall::test;

namespace {

gateway_config tls_settings(const test_certificate& pair) {
  auto settings = test_settings();
  settings.tls_certificate_file = pair.chain_file.path();
  settings.tls_key_file = pair.key_file.path();
  return settings;
}

} // namespace

BOOST_AUTO_TEST_SUITE(tls_tests)

BOOST_AUTO_TEST_CASE(a_channel_works_over_tls) {
  const test_certificate pair;
  open_gateway server{tls_settings(pair)};
  const auto frames = talk_over_tls(
      server.port(),
      {R"(["1","1","room:a","phx_join",{"quiet":1}])",
       R"(["1","2","room:a","echo",{"x":1}])",
       R"(["1","3","room:a","echo",")" + std::string(50'000, 'x') + "\"]"});
  BOOST_TEST_REQUIRE(frames.size() == 3u);
  BOOST_TEST(frames[0] == reply("\"1\"", "\"1\"", "room:a", "ok", "{}"));
  BOOST_TEST(frames[1] == reply("\"1\"", "\"2\"", "room:a", "ok", "{\"x\":1}"));
  BOOST_TEST(frames[2].size() > 50'000u);
}

BOOST_AUTO_TEST_CASE(plain_bytes_on_a_tls_port_are_dropped) {
  const test_certificate pair;
  open_gateway server{tls_settings(pair)};
  BOOST_TEST(raw_http(server.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n").status
             == 0u);
}

BOOST_AUTO_TEST_CASE(a_missing_certificate_is_a_clear_error) {
  running_gateway server;
  auto settings = test_settings();
  settings.tls_certificate_file = "/nowhere/chain.pem";
  settings.tls_key_file = "/nowhere/key.pem";
  const auto made = gateway::start(server.system, server.who, settings);
  BOOST_TEST_REQUIRE(!made);
  BOOST_TEST((code_of(made.error()) == ec::invalid_config));
  BOOST_TEST(describe(made.error()).find("/nowhere/chain.pem")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_of_another_certificate_is_a_clear_error) {
  const test_certificate one;
  const test_certificate two;
  running_gateway server;
  auto settings = tls_settings(one);
  settings.tls_key_file = two.key_file.path();
  BOOST_TEST(!gateway::start(server.system, server.who, settings));
}

BOOST_AUTO_TEST_CASE(certificates_are_loaded_again_for_new_connections) {
  const auto first = make_certificate();
  const auto second = make_certificate();
  const test_certificate files{first};
  open_gateway server{tls_settings(files)};
  tls_connection old{server.port()};
  BOOST_TEST(old.certificate() == first.chain);
  files.chain_file.write(second.chain);
  files.key_file.write(second.key);
  BOOST_TEST(tls_connection{server.port()}.certificate() == first.chain);
  BOOST_TEST(!server.door.reload_certificates());
  BOOST_TEST(tls_connection{server.port()}.certificate() == second.chain);
  BOOST_TEST(old.is_served());
}

BOOST_AUTO_TEST_CASE(a_broken_new_certificate_leaves_the_old_one_in_place) {
  const auto first = make_certificate();
  const test_certificate files{first};
  open_gateway server{tls_settings(files)};
  files.chain_file.write("no certificate");
  const auto problem = server.door.reload_certificates();
  BOOST_TEST((code_of(problem) == ec::invalid_config));
  BOOST_TEST(describe(problem).find(files.chain_file.path())
             != std::string::npos);
  files.chain_file.write(make_certificate().chain); // The key is another's.
  BOOST_TEST(!!server.door.reload_certificates());
  tls_connection fresh{server.port()};
  BOOST_TEST(fresh.certificate() == first.chain);
  BOOST_TEST(fresh.is_served());
}

BOOST_AUTO_TEST_CASE(without_tls_there_is_nothing_to_load_again) {
  open_gateway server;
  BOOST_TEST(!server.door.reload_certificates());
}

BOOST_AUTO_TEST_SUITE_END()
