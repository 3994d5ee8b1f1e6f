// Sessions that end with their token, and tokens that are renewed.
#include "tests/gateway/fixture.hpp"
#include "tests/support/silent_log.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>

using namespace rollcall;
using namespace rollcall::test;
using namespace std::chrono_literals;

namespace {

/// Tokens are `USER MILLISECONDS`, from now.
connect_result decide(const std::string& token) {
  connect_result result;
  const auto space = token.find(' ');
  result.is_accepted = space != std::string::npos;
  if (!result.is_accepted) {
    result.body = "it has no \"space\"";
    return result;
  }
  result.session_id = token.substr(0, space);
  result.expires_at
      = std::chrono::system_clock::now()
        + std::chrono::milliseconds{std::stoi(token.substr(space + 1))};
  return result;
}

struct token_gateway : running_gateway {
  token_gateway() : running_gateway{often()} {
    door.on_connect([](const connect_info& info) {
      return decide(info.params.at("token"));
    });
    door.on_renew([](const connect_info&, const std::string& token) {
      return decide(token);
    });
    open();
  }

  static gateway_config often() {
    auto settings = test_settings();
    settings.leave_timeout = 50ms; // So that the clocks are looked at often.
    return settings;
  }

  [[nodiscard]] test_client connect(const std::string& token) const {
    return test_client{port(),
                       {"/socket/websocket?vsn=2.0.0&token=" + token, {}}};
  }
};

std::string token_payload(const std::string& token) {
  return R"({"access_token":")" + token + "\"}";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(token_tests, token_gateway)

BOOST_AUTO_TEST_CASE(a_session_ends_when_its_token_expires) {
  const auto start = std::chrono::steady_clock::now();
  auto ann = connect("ann+300");
  auto bob = connect("bob+60000");
  ann.join_ok("room:a", "1", quiet);
  BOOST_TEST(ann.receive_close() == 3000);
  BOOST_TEST(ann.close_reason() == "the token expired");
  BOOST_TEST((std::chrono::steady_clock::now() - start >= 290ms));
  BOOST_TEST(refused(refusal::token_expired) == 1u);
  BOOST_TEST(bob.is_quiet());
}

BOOST_AUTO_TEST_CASE(a_fresh_token_prolongs_the_session) {
  auto ann = connect("ann+300");
  ann.join_ok("room:a", "1", quiet);
  for (const auto* topic : {"phoenix", "room:a", "room:none"}) {
    ann.event(topic, "access_token", token_payload("ann 60000"));
    BOOST_TEST(ann.receive() == reply("\"1\"", "\"2\"", topic, "ok", "{}"));
  }
  auto bob = connect("bob+400");
  BOOST_TEST(bob.receive_close() == 3000); // Later than ann's first one.
  BOOST_TEST(ann.is_quiet());
}

BOOST_AUTO_TEST_CASE(a_token_that_does_not_hold_changes_nothing) {
  auto ann = connect("ann+60000");
  const auto check
      = [&ann](const std::string& payload, const std::string& detail) {
          ann.event("phoenix", "access_token", payload);
          BOOST_TEST(ann.receive()
                     == reply("\"1\"", "\"2\"", "phoenix", "error",
                              R"({"reason":"unauthorized","detail":")" + detail
                                  + "\"}"));
        };
  check(token_payload("bad"), R"(it has no \"space\")");
  check(token_payload("bob 60000"), "the token is for somebody else");
  for (const auto* payload : {"{}", "1", R"({"access_token":1})"})
    check(payload, "the payload has no string access_token");
  BOOST_TEST(refused(refusal::token_refused) == 5u);
  BOOST_TEST(ann.is_quiet());
}

BOOST_AUTO_TEST_CASE(a_renewal_that_throws_is_an_error_and_the_session_stays) {
  const silent_log no_log;
  auto ann = connect("ann+60000");
  ann.join_ok("room:a", "1", quiet);
  ann.event("phoenix", "access_token", token_payload("ann soon"));
  BOOST_TEST(
      ann.receive()
      == reply(
          "\"1\"", "\"2\"", "phoenix", "error",
          R"({"reason":"unauthorized","detail":"the application failed"})"));
  BOOST_TEST(door.stats().callback_failures == 1u);
  ann.event("phoenix", "access_token", token_payload("ann 60000"));
  BOOST_TEST(ann.receive() == reply("\"1\"", "\"2\"", "phoenix", "ok", "{}"));
}

BOOST_AUTO_TEST_CASE(a_token_that_expired_already_ends_the_session) {
  auto ann = connect("ann+0");
  BOOST_TEST(ann.receive_close() == 3000);
}

BOOST_AUTO_TEST_SUITE_END()
