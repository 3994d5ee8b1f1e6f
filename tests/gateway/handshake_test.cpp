#include "app/gateway/handshake.hpp"
#include "app/gateway/text.hpp"

#include <boost/test/unit_test.hpp>

using namespace rollcall::channels;

namespace {

const fields good_headers{
    {"connection", "keep-alive, Upgrade"},
    {"host", "localhost"},
    {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="},
    {"sec-websocket-version", "13"},
    {"upgrade", "WebSocket"},
};

bool is_version_ok(const std::string& vsn) {
  return is_supported_version({{"vsn", vsn}});
}

std::string problem_without(const std::string& name) {
  auto headers = good_headers;
  headers.erase(name);
  return upgrade_problem(headers, "GET", 11);
}

} // namespace

BOOST_AUTO_TEST_SUITE(handshake_tests)

BOOST_AUTO_TEST_CASE(query_fields_are_decoded) {
  const auto got = parse_target("/a%20b/c?x=1%2B2+3&flag&n[a]=%c3%a9#frag");
  BOOST_TEST(got.path == "/a b/c");
  BOOST_TEST(got.params.at("x") == "1+2 3");
  BOOST_TEST(got.params.at("flag").empty());
  BOOST_TEST(got.params.at("n[a]") == "\u00e9");
}

BOOST_AUTO_TEST_CASE(a_target_that_is_no_encoded_utf8_is_told) {
  for (const auto* bad :
       {"/?x=%ff", "/?x=%4", "/?%zz=1", "/a%ff", "/%zz", "/%"})
    BOOST_TEST(!parse_target(bad).is_valid, bad);
  BOOST_TEST(parse_target("/a?x=%25").is_valid);
}

BOOST_AUTO_TEST_CASE(path_variables_become_parameters) {
  const path_pattern pattern{"/socket/:room/nested/websocket"};
  fields params;
  BOOST_TEST(pattern.match("/socket/42/nested/websocket", params));
  BOOST_TEST(params.at("room") == "42");
  BOOST_TEST(!pattern.match("/socket/42/websocket", params));
  BOOST_TEST(!pattern.match("/other/42/nested/websocket", params));
}

BOOST_AUTO_TEST_CASE(only_version_two_zero_is_spoken) {
  for (const auto* good : {"2.0.0", "2.0.7", "2.0.12", "2.0.0+build"})
    BOOST_TEST(is_version_ok(good), good);
  for (const auto* bad : {"1.0.0", "2.1.0", "2.0", "2", "123.1.1", "", "2.0.x",
                          "2.0.01", "2.0.0-rc1", "2.0.", "2.0.0+"})
    BOOST_TEST(!is_version_ok(bad), bad);
  BOOST_TEST(!is_supported_version({}), "absent means 1.0.0");
  BOOST_TEST(!is_supported_version({{"vsn[a]", "2.0.0"}}));
}

BOOST_AUTO_TEST_CASE(subprotocols_without_a_list_are_ignored) {
  const auto choice = choose_subprotocol("mqtt", {}, false);
  BOOST_TEST(choice.is_accepted);
  BOOST_TEST(choice.echoed.empty());
}

BOOST_AUTO_TEST_CASE(the_first_configured_subprotocol_wins) {
  BOOST_TEST(choose_subprotocol("b, a", {"a", "b"}, false).echoed == "a");
  BOOST_TEST(choose_subprotocol(std::nullopt, {"sip"}, false).is_accepted);
  BOOST_TEST(!choose_subprotocol("mqtt", {"sip"}, false).is_accepted);
}

BOOST_AUTO_TEST_CASE(a_token_is_taken_out_of_the_offer) {
  const auto offer = "phoenix, base64url.bearer.phx.aGk";
  const auto choice = choose_subprotocol(offer, {}, true);
  BOOST_TEST(choice.is_accepted);
  BOOST_TEST(choice.echoed == "phoenix");
  BOOST_TEST(choice.token.value() == "hi");
}

BOOST_AUTO_TEST_CASE(both_alphabets_of_base64_are_read) {
  BOOST_TEST(base64_decode("+/8").value() == base64_decode("-_8=").value());
  BOOST_TEST(!base64_decode("a").has_value());
  BOOST_TEST(!base64_decode("a*bc").has_value());
}

BOOST_AUTO_TEST_CASE(a_malformed_token_is_refused) {
  const auto choice
      = choose_subprotocol("phoenix, base64url.bearer.phx.*", {}, true);
  BOOST_TEST(!choice.is_accepted);
}

BOOST_AUTO_TEST_CASE(an_upgrade_names_what_it_lacks) {
  BOOST_TEST(upgrade_problem(good_headers, "GET", 11).empty());
  BOOST_TEST(problem_without("connection")
             == "'connection' header must contain 'upgrade'");
  for (const auto* name :
       {"host", "upgrade", "sec-websocket-key", "sec-websocket-version"})
    BOOST_TEST(problem_without(name).find(name) != std::string::npos, name);
  BOOST_TEST(!upgrade_problem(good_headers, "GET", 10).empty());
}

BOOST_AUTO_TEST_SUITE_END()
