#include "tests/gateway/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <mutex>
#include <string>

using namespace rollcall;
using namespace rollcall::test;

namespace {

unsigned status_of(const running_gateway& server, connect_options how) {
  test_client client{server.port(), how};
  return client.answer().status;
}

/// The status of a plain request for a target, with more header lines.
http_answer plain(const running_gateway& server, std::string_view target,
                  std::string_view headers = "") {
  return raw_http(server.port(), "GET " + std::string{target}
                                     + " HTTP/1.1\r\nHost: localhost\r\n"
                                     + std::string{headers} + "\r\n");
}

/// A gateway that remembers what `connect` saw.
struct observed_gateway : running_gateway {
  explicit observed_gateway(gateway_config settings = {})
      : running_gateway{std::move(settings)} {
    door.on_connect([this](const connect_info& info) {
      std::lock_guard guard{mutex};
      seen = info;
      if (info.params.contains("refuse"))
        return connect_result{false, 403, {}, {}, {}};
      if (info.params.contains("limit"))
        return connect_result{false, 429, "Too many requests", {}, {}};
      return connect_result{};
    });
    open();
  }

  std::mutex mutex;
  connect_info seen;
};

constexpr std::string_view mount = "/socket/websocket?vsn=2.0.0";

} // namespace

BOOST_AUTO_TEST_SUITE(connect_tests)

BOOST_AUTO_TEST_CASE(a_plain_get_is_told_which_header_it_lacks) {
  open_gateway server;
  const auto answer = plain(server, mount);
  BOOST_TEST(answer.status == 400u);
  BOOST_TEST(answer.body == "'connection' header must contain 'upgrade'");
  BOOST_TEST(server.refused(refusal::upgrade) == 1u);
}

BOOST_AUTO_TEST_CASE(only_get_may_connect) {
  open_gateway server;
  const auto answer
      = raw_http(server.port(), "POST /socket/websocket HTTP/1.1\r\n"
                                "Host: x\r\nContent-Length: 0\r\n\r\n");
  BOOST_TEST(answer.status == 400u);
  BOOST_TEST(answer.body.empty());
}

BOOST_AUTO_TEST_CASE(a_listed_origin_connects_and_another_does_not) {
  auto settings = test_settings();
  settings.origins = {"//example.com"};
  open_gateway server{settings};
  BOOST_TEST(status_of(server, {std::string{mount},
                                {{"Origin", "https://example.com"}}})
             == 101u);
  BOOST_TEST(status_of(server, {std::string{mount},
                                {{"Origin", "http://notallowed.com"}}})
             == 403u);
}

BOOST_AUTO_TEST_CASE(a_bad_origin_is_found_before_a_missing_upgrade) {
  open_gateway server;
  BOOST_TEST(plain(server, mount, "Origin: http://evil.org\r\n").status
             == 403u);
  BOOST_TEST(plain(server, mount, "Origin: http://localhost:99\r\n").status
             == 400u);
}

BOOST_AUTO_TEST_CASE(a_configured_subprotocol_is_chosen_or_refused) {
  auto settings = test_settings();
  settings.subprotocols = {"sip"};
  open_gateway server{settings};
  const auto offering = [&server](const std::string& name) {
    connect_options how;
    if (!name.empty())
      how.headers["Sec-WebSocket-Protocol"] = name;
    return test_client{server.port(), how}.answer();
  };
  BOOST_TEST(offering("sip").status == 101u);
  BOOST_TEST(offering("sip").subprotocol == "sip");
  BOOST_TEST(offering("").status == 101u);
  BOOST_TEST(offering("mqtt").status == 403u);
}

BOOST_AUTO_TEST_CASE(a_token_in_the_subprotocol_reaches_connect) {
  auto settings = test_settings();
  settings.auth_token = true;
  observed_gateway server{settings};
  test_client client{
      server.port(),
      {std::string{mount},
       {{"Sec-WebSocket-Protocol", "phoenix, base64url.bearer.phx.c2VjcmV0"}}}};
  BOOST_TEST(client.answer().status == 101u);
  BOOST_TEST(client.answer().subprotocol == "phoenix");
  BOOST_TEST(server.seen.auth_token.value() == "secret");
}

BOOST_AUTO_TEST_CASE(other_versions_are_refused) {
  open_gateway server;
  for (const auto* version :
       {"vsn=123.1.1", "vsn=1.0.0", "vsn=2.0", "vsn[a]=2.0.0", ""})
    BOOST_TEST(
        status_of(server, {"/socket/websocket?" + std::string{version}, {}})
            == 403u,
        version);
  BOOST_TEST(server.refused(refusal::version) == 5u);
}

BOOST_AUTO_TEST_CASE(a_client_of_version_1_is_told_which_one_is_served) {
  open_gateway server;
  const auto answer = plain(server, "/socket/websocket?vsn=1.0.0");
  BOOST_TEST(answer.status == 403u);
  BOOST_TEST(answer.body.find("vsn=2.0.0") != std::string::npos);
}

// phoenix.js parses the body, whatever the status, and takes what is no JSON
// for a failure of the network.
BOOST_AUTO_TEST_CASE(longpoll_is_refused_in_words_that_phoenix_js_reads) {
  open_gateway server;
  const auto answer = plain(server, "/socket/longpoll?vsn=2.0.0");
  BOOST_TEST(answer.status == 403u);
  BOOST_TEST(answer.body.starts_with(R"({"status":403,"token":null,)"));
  BOOST_TEST(answer.body.find("long-poll is not served") != std::string::npos);
  BOOST_TEST(server.refused(refusal::longpoll) == 1u);
}

// Was a guest without a word.
BOOST_AUTO_TEST_CASE(a_target_that_is_no_encoded_utf8_is_refused) {
  observed_gateway server;
  for (const auto* target :
       {"/socket/websocket?vsn=2.0.0&user_id=%ff", "/api/%ff", "/api/%zz"})
    BOOST_TEST(plain(server, target).status == 400u, target);
  BOOST_TEST(server.refused(refusal::malformed_http) == 3u);
}

BOOST_AUTO_TEST_CASE(connect_sees_the_request) {
  observed_gateway server;
  test_client client{server.port(),
                     {"/socket/websocket?key=va%20lue&vsn=2.0.0",
                      {{"X-Application", "Phoenix"},
                       {"User-Agent", "tests/1"},
                       {"Traceparent", "00-1-2-01"}}}};
  BOOST_TEST(client.answer().status == 101u);
  std::lock_guard guard{server.mutex};
  BOOST_TEST(server.seen.path == "/socket/websocket");
  BOOST_TEST(server.seen.params.at("key") == "va lue");
  BOOST_TEST(server.seen.params.at("vsn") == "2.0.0");
  BOOST_TEST(server.seen.headers.at("x-application") == "Phoenix");
  BOOST_TEST(server.seen.headers.at("user-agent") == "tests/1");
  BOOST_TEST(server.seen.headers.at("traceparent") == "00-1-2-01");
  BOOST_TEST(server.seen.headers.contains("sec-websocket-key"));
  BOOST_TEST(server.seen.headers.at("host") == "localhost");
  BOOST_TEST(server.seen.remote_address == "127.0.0.1");
  BOOST_TEST(server.seen.remote_port > 0);
}

BOOST_AUTO_TEST_CASE(a_path_may_have_variables_and_many_segments) {
  auto settings = test_settings();
  settings.path = "/custom/:tenant/admin";
  settings.endpoint = "/nested/path";
  observed_gateway server{settings};
  BOOST_TEST(
      status_of(server, {"/custom/acme/admin/nested/path?k=v&vsn=2.0.0", {}})
      == 101u);
  BOOST_TEST(server.seen.params.at("tenant") == "acme");
  BOOST_TEST(server.seen.params.at("k") == "v");
  BOOST_TEST(status_of(server, {"/socket/websocket?vsn=2.0.0", {}}) == 404u);
}

BOOST_AUTO_TEST_CASE(connect_may_refuse_with_a_status_of_its_own) {
  observed_gateway server;
  BOOST_TEST(plain(server, "/socket/websocket?vsn=2.0.0&refuse").status
             == 403u);
  const auto answer = plain(server, "/socket/websocket?vsn=2.0.0&limit");
  BOOST_TEST(answer.status == 429u);
  BOOST_TEST(answer.body == "Too many requests");
}

BOOST_AUTO_TEST_CASE(a_ping_is_answered_with_its_payload) {
  open_gateway server;
  test_client client{server.port()};
  client.ping("123");
  BOOST_TEST(client.is_quiet());
  BOOST_TEST(client.last_pong() == "123");
  client.ping("");
  BOOST_TEST(client.is_quiet());
  BOOST_TEST(client.last_pong().empty());
}

BOOST_AUTO_TEST_CASE(other_paths_go_to_the_embedder) {
  running_gateway server;
  server.door.on_http([](const rollcall::http_request& request)
                          -> std::optional<http_response> {
    if (request.path != "/hello")
      return std::nullopt;
    return http_response{
        200, "text/plain", request.params.at("name"), {{"X-Y", "z"}}};
  });
  server.open();
  BOOST_TEST(plain(server, "/hello?name=a%2Fb").body == "a/b");
  BOOST_TEST(plain(server, "/other").status == 404u);
}

BOOST_AUTO_TEST_CASE(requests_that_come_together_are_answered_in_order) {
  open_gateway server;
  const auto* two_requests = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
                             "GET /b HTTP/1.1\r\nHost: x\r\n\r\n";
  BOOST_TEST(raw_http(server.port(), two_requests).status == 404u);
  BOOST_TEST(eventually(
      [&server] { return server.door.stats().http_requests == 2u; }));
}

BOOST_AUTO_TEST_CASE(what_is_no_http_is_refused) {
  open_gateway server;
  BOOST_TEST(raw_http(server.port(), "\x16\x03\x01 hello\r\n\r\n").status
             == 400u);
  const auto huge
      = "GET / HTTP/1.1\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n";
  BOOST_TEST(raw_http(server.port(), huge).status == 431u);
  BOOST_TEST(server.refused(refusal::malformed_http) == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
