#include "tests/cluster/link_fixture.hpp"

namespace rollcall::test {

BOOST_FIXTURE_TEST_SUITE(link_exchange_tests, two_nodes)

BOOST_AUTO_TEST_CASE(two_nodes_exchange_messages_over_tls) {
  const auto peer = a.join(b.port);
  BOOST_TEST((peer.published.node() == b.system().node()));
  BOOST_TEST(*a.ask(peer.published, "hello") == "hello");
}

BOOST_AUTO_TEST_CASE(both_sides_learn_that_a_link_is_up) {
  const auto peer = a.join(b.port);
  const auto dialed = a.log.next_up();
  BOOST_TEST((dialed.id == peer.id));
  BOOST_TEST((dialed.side == link_side::dialed));
  BOOST_TEST((dialed.peer == b.system().node()));
  const auto accepted = b.log.next_up();
  BOOST_TEST((accepted.side == link_side::accepted));
  BOOST_TEST((accepted.peer == a.system().node()));
}

BOOST_AUTO_TEST_CASE(a_large_message_arrives_whole) {
  const auto peer = a.join(b.port);
  const std::string large(4u << 20, 'x');
  BOOST_TEST((a.ask(peer.published, large) == large));
}

BOOST_AUTO_TEST_CASE(bytes_that_the_network_took_are_counted) {
  const auto peer = a.join(b.port);
  const auto link = a.log.next_up();
  const auto before = link.traffic->bytes_out.load();
  a.ask(peer.published, std::string(100'000, 'x'));
  BOOST_TEST(link.traffic->bytes_out.load() - before >= 100'000u);
  BOOST_TEST(link.traffic->bytes_in.load() >= 100'000u);
  BOOST_TEST(a.links->stats().bytes_out >= 100'000u);
}

BOOST_AUTO_TEST_CASE(a_second_link_between_two_nodes_is_a_duplicate) {
  a.join(b.port);
  BOOST_TEST(code_of(a.connect(b.port)) == link_error::duplicate);
  BOOST_TEST(code_of(b.connect(a.port)) == link_error::duplicate);
  BOOST_TEST(a.links->stats().links_open == 1u);
}

BOOST_AUTO_TEST_CASE(a_node_has_no_link_to_itself) {
  BOOST_TEST(code_of(a.connect(a.port)) == link_error::myself);
  BOOST_TEST(a.links->stats().links_open == 0u);
}

BOOST_AUTO_TEST_CASE(nobody_listening_is_unreachable) {
  std::uint16_t free_port = 0;
  {
    node gone{plaintext()};
    free_port = gone.port;
  }
  const auto outcome = a.connect(free_port);
  BOOST_TEST(code_of(outcome) == link_error::unreachable);
  BOOST_TEST(a.why_not(outcome).find("refused") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_name_is_looked_up) {
  BOOST_TEST(!!a.connect(b.port, "localhost"));
}

BOOST_AUTO_TEST_CASE(an_unknown_name_is_unreachable) {
  BOOST_TEST(code_of(a.connect(b.port, "no-such-host.invalid"))
             == link_error::unreachable);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(simultaneous_connect_tests)

// Goal: two nodes that connect to each other at once end with one link, over
// which both ask and both are answered.
// Method: many tries, since the interesting interleavings are rare.
BOOST_AUTO_TEST_CASE(nodes_that_connect_to_each_other_get_one_link) {
  for (int round = 0; round < 30; ++round) {
    node a{plaintext()};
    node b{plaintext()};
    auto from_a = a.start_connect("127.0.0.1", b.port);
    auto from_b = b.start_connect("127.0.0.1", a.port);
    BOOST_REQUIRE((from_a.wait_for(patience) == std::future_status::ready));
    BOOST_REQUIRE((from_b.wait_for(patience) == std::future_status::ready));
    const auto to_b = from_a.get();
    const auto to_a = from_b.get();
    BOOST_TEST((to_b || to_a));
    BOOST_TEST(!(to_b && to_a));
    if (to_b)
      BOOST_TEST(*a.ask(to_b->published, 1) == 1);
    else
      BOOST_TEST(code_of(to_b) == link_error::duplicate);
    if (to_a)
      BOOST_TEST(*b.ask(to_a->published, 2) == 2);
    else
      BOOST_TEST(code_of(to_a) == link_error::duplicate);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
