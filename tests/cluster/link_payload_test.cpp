#include "tests/cluster/attacked_node.hpp"

#include <iterator>
#include <string>

namespace rollcall::test {

// CAF's format for messages names types, nests without bound, and for some
// types allocates what a length in it says.
BOOST_FIXTURE_TEST_SUITE(hazard_15_payload_tests, attacked_node)

BOOST_AUTO_TEST_CASE(messages_nested_deep_do_not_overflow_the_stack) {
  BOOST_REQUIRE(attacker.open_link(some_node(1)));
  const auto one = message_head("@<>+@message");
  bytes nested;
  for (int depth = 0; depth < 60'000; ++depth)
    nested.insert(nested.end(), one.begin() + 1, one.end());
  attacker.send(direct_message(ours.published().id(), bytes(1) + nested));
  check_closed_for(link_reject::bad_frame);
}

BOOST_AUTO_TEST_CASE(a_length_that_is_not_there_is_not_allocated) {
  const std::string types[]
      = {"@<>+@charbuf", "@<>+@str", "@<>+@strvec", "@<>+rollcall::wire_frame"};
  for (const auto& type : types) {
    hostile_client client{ours.port, tls_as("b")};
    BOOST_REQUIRE(client.open_link(some_node(1)));
    client.send(direct_message(ours.published().id(),
                               message_head(type) + length(0xffff'ffff)));
    BOOST_TEST(client.is_closed_by_peer());
  }
  BOOST_TEST(rejected(link_reject::bad_frame) == std::size(types));
  BOOST_TEST(ours.is_well());
}

BOOST_AUTO_TEST_CASE(an_exit_message_does_not_reach_the_published_actor) {
  BOOST_REQUIRE(attacker.open_link(some_node(1)));
  attacker.send(direct_message(ours.published().id(),
                               message_head("@<>+@exit") + bytes(64)));
  BOOST_TEST(attacker.is_closed_by_peer());
  BOOST_TEST(ours.is_well());
}

// Each sender is a proxy at CAF, which lives as long as the link.
BOOST_AUTO_TEST_CASE(a_peer_speaks_through_one_actor_only) {
  BOOST_REQUIRE(attacker.open_link(some_node(1)));
  attacker.send(wire_message(ours.published().id(), "x", 5));
  attacker.send(wire_message(ours.published().id(), "x", 6));
  check_closed_for(link_reject::bad_frame);
}

BOOST_AUTO_TEST_CASE(an_honest_link_outlives_a_hostile_one) {
  node other{tls_as("b")};
  const auto peer = other.join(ours.port);
  BOOST_REQUIRE(attacker.open_link(some_node(1)));
  attacker.send(
      direct_message(ours.published().id(),
                     message_head("@<>+@charbuf") + length(0xffff'ffff)));
  BOOST_TEST(attacker.is_closed_by_peer());
  BOOST_TEST(*other.ask(peer.published, 3) == 3);
  BOOST_TEST(other.log.downs() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
