#include "crdt/cluster/readiness.hpp"

#include <boost/test/unit_test.hpp>

namespace rollcall::test {

BOOST_FIXTURE_TEST_SUITE(readiness_tests, crdt::readiness)

BOOST_AUTO_TEST_CASE(a_node_is_ready_when_it_has_what_the_peers_had) {
  BOOST_TEST(problem(true) == "waiting for the peers' presences");
  complete();
  BOOST_TEST(problem(true) == "");
  BOOST_TEST(problem(false) == "");
}

BOOST_AUTO_TEST_CASE(a_node_that_all_peers_refuse_is_not_ready) {
  complete();
  refused("a:1", "3 shards; this node has 4");
  BOOST_TEST(problem(false)
             == "a:1 refused this node: 3 shards; this node has 4");
  refused("b:1", "something else");
  BOOST_TEST(problem(false)
             == "a:1 and 1 more refused this node: 3 shards; this node has 4");
}

BOOST_AUTO_TEST_CASE(a_node_that_one_peer_accepts_is_ready) {
  complete();
  refused("a:1", "why not");
  BOOST_TEST(problem(true) == "");
}

BOOST_AUTO_TEST_CASE(a_refusal_ends_when_the_peer_accepts_or_goes) {
  complete();
  refused("a:1", "why not");
  forgive("a:1");
  BOOST_TEST(problem(false) == "");
}

BOOST_AUTO_TEST_CASE(the_words_of_a_peer_are_short_and_printable) {
  complete();
  refused("a:1", "red \x1b[31m " + std::string(10'000, 'x'));
  const auto words = problem(false);
  BOOST_TEST(words.size() < reason_bytes_max + 50);
  BOOST_TEST((words.find('\x1b') == std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
