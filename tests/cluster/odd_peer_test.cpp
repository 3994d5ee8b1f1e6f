// A peer that was let in, and then says what no node of ours would.
#include "actors/cluster/tell_codec.hpp"
#include "tests/cluster/certificates.hpp"
#include "tests/cluster/odd_peer.hpp"
#include "tests/support/silent_log.hpp"

#include <boost/test/unit_test.hpp>

namespace rollcall::test {

BOOST_AUTO_TEST_SUITE(odd_peer_tests)

BOOST_AUTO_TEST_CASE(nobody_leaves_for_another) {
  cluster_node alpha{"alpha", {}};
  cluster_node beta{"beta", {.peers = {alpha.address()}, .incarnation = 1}};
  beta.track("room:1", "bob");
  BOOST_REQUIRE(
      eventually([&] { return alpha.keys("room:1").contains("bob"); }));
  odd_peer mallory{alpha};
  mallory.say_hello_as("mallory");
  mallory.say(wire::leaving{{"beta", 1}});
  BOOST_TEST(eventually([&] { return alpha.net.stats().bad_packets == 1; }));
  BOOST_TEST(alpha.is_up("beta"));
  BOOST_TEST(alpha.keys("room:1").contains("bob"));
}

BOOST_AUTO_TEST_CASE(what_no_node_would_say_is_dropped_and_counted) {
  cluster_node alpha{"alpha", {}};
  odd_peer mallory{alpha};
  mallory.say_hello_as("mallory");
  mallory.say(wire::event{"room:1", "ping", "no JSON"});
  const tell_codec codec{mallory.system(), {}, 1024};
  mallory.say(wire::tell{
      "room:1", "ann",
      *codec.encode(caf::make_message(told_event{"ping", "no JSON", false}))});
  wire::heartbeat heartbeat;
  heartbeat.membership.counter = 1;
  heartbeat.membership.others.push_back({{"\xf3", 1}, 1, true, {}, {}});
  mallory.say(heartbeat);
  BOOST_TEST(eventually([&] { return alpha.net.stats().bad_packets == 3; }));
  BOOST_TEST(!alpha.is_up("\xf3"));
}

BOOST_AUTO_TEST_CASE(a_line_keeps_the_name_of_its_hello) {
  cluster_node alpha{"alpha", {}};
  odd_peer mallory{alpha};
  mallory.say_hello_as("mallory");
  mallory.say_hello_as("bob");
  BOOST_TEST(eventually([&] { return alpha.net.stats().refused == 1; }));
}

BOOST_AUTO_TEST_CASE(nobody_takes_the_name_of_a_node_that_is_up) {
  cluster_node alpha{"alpha", {}};
  cluster_node beta{"beta", {.peers = {alpha.address()}}};
  BOOST_REQUIRE(eventually([&] { return alpha.is_up("beta"); }));
  odd_peer mallory{alpha};
  mallory.say_hello_as("beta");
  BOOST_TEST(eventually([&] { return alpha.net.stats().refused == 1; }));
  BOOST_TEST(alpha.is_up("beta"));
}

BOOST_AUTO_TEST_CASE(a_tell_of_a_type_that_is_not_listed_is_refused_unread) {
  cluster_node alpha{"alpha", {}};
  odd_peer mallory{alpha};
  mallory.say_hello_as("mallory");
  for (const std::string types : {"@<>+@str", "@<>+@message", "@<>+@exit"})
    mallory.say(wire::tell{"room:1", "ann",
                           std::string(2, '\0')
                               + static_cast<char>(types.size()) + types
                               + std::string(8, '\x7f')});
  BOOST_TEST(eventually([&] { return alpha.net.stats().tells_refused == 3; }));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

auto with_certificate_of(const std::string& name) {
  return [name](cluster_config& settings) {
    const auto files = tls_as(name);
    settings.certificate_file = files.certificate_file;
    settings.key_file = files.key_file;
    settings.authority_file = files.authority_file;
  };
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(certificate_owner_tests, silent_log)

BOOST_AUTO_TEST_CASE(a_node_speaks_in_the_name_of_its_certificate_only) {
  cluster_node b{"b", {.tune = with_certificate_of("b")}};
  BOOST_REQUIRE(b.problem == "");
  odd_peer mallory{b, tls_as("c")};
  mallory.say_hello_as("a");
  BOOST_TEST(eventually([&] { return b.net.stats().refused == 1; }));
  mallory.say_hello_as("c");
  wire::heartbeat heartbeat;
  heartbeat.membership.counter = 1;
  mallory.say(heartbeat);
  BOOST_TEST(eventually([&] { return b.is_up("c"); }));
  BOOST_TEST(!b.is_up("a"));
}

BOOST_AUTO_TEST_CASE(nodes_with_certificates_of_their_own_are_together) {
  cluster_node a{"a", {.tune = with_certificate_of("a")}};
  cluster_node b{"b",
                 {.peers = {a.address()}, .tune = with_certificate_of("b")}};
  BOOST_TEST(eventually([&] { return a.is_up("b") && b.is_up("a"); }));
}

BOOST_AUTO_TEST_CASE(the_certificate_of_another_node_is_refused_at_start) {
  cluster_node a{"a", {.tune = with_certificate_of("b")}};
  BOOST_TEST_CONTEXT(a.problem) {
    BOOST_TEST((a.problem.find("is that of 'b', and this node is 'a'")
                != std::string::npos));
  }
}

BOOST_AUTO_TEST_CASE(names_need_not_fit_if_the_setting_says_so) {
  const auto relaxed = [](cluster_config& settings) {
    with_certificate_of("b")(settings);
    settings.check_node_name = false;
  };
  cluster_node x{"x", {.tune = relaxed}};
  cluster_node y{"y", {.peers = {x.address()}, .tune = relaxed}};
  BOOST_TEST(eventually([&] { return x.is_up("y") && y.is_up("x"); }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
