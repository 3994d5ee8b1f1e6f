#include "tests/cluster/hostile_client.hpp"
#include "tests/cluster/link_fixture.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/network/multiplexer.hpp>

#include <chrono>
#include <future>
#include <thread>

namespace rollcall::test {

struct reopening : two_nodes {
  /// A link from a to b, which may have yet to learn that the last one closed.
  link_peer reopen() {
    auto outcome = a.connect(b.port);
    while (code_of(outcome) == link_error::duplicate)
      outcome = a.connect(b.port);
    BOOST_REQUIRE_MESSAGE(outcome, a.why_not(outcome));
    return *outcome;
  }
};

BOOST_FIXTURE_TEST_SUITE(link_events_tests, reopening)

BOOST_AUTO_TEST_CASE(closing_a_link_tells_both_sides) {
  const auto peer = a.join(b.port);
  b.log.next_up();
  a.links->close(peer.id);
  BOOST_TEST((a.log.next_down().id == peer.id));
  const auto lost = b.log.next_down();
  BOOST_TEST((lost.peer == a.system().node()));
  BOOST_TEST(!lost.reason.empty());
}

// Goal: a reconnect right after a loss gives a link that works in both
// directions, although CAF still has to forget the old one.
BOOST_AUTO_TEST_CASE(a_closed_link_can_be_opened_again_at_once) {
  for (int round = 0; round < 100; ++round) {
    BOOST_TEST_CONTEXT("round " << round) {
      const auto peer = reopen();
      BOOST_REQUIRE(!!a.ask(peer.published, round));
      a.links->close(peer.id);
      a.log.next_down();
    }
  }
}

// CAF closes its socket first and cleans up behind it: it then ends what it
// knows of the peer by name, and would end what a new link has brought since.
BOOST_AUTO_TEST_CASE(a_link_does_not_overtake_the_end_of_the_last_one) {
  const auto old = a.join(b.port);
  std::promise<void> is_cleaning;
  std::promise<void> may_go_on;
  caf::actor_cast<caf::abstract_actor*>(old.published)
      ->attach_functor([&](const caf::error&) {
        is_cleaning.set_value();
        may_go_on.get_future().wait();
      });
  a.links->close(old.id);
  BOOST_REQUIRE((is_cleaning.get_future().wait_for(patience)
                 == std::future_status::ready));
  b.log.next_up();
  b.log.next_down();
  auto outcome = a.start_connect("127.0.0.1", b.port);
  outcome.wait_for(std::chrono::milliseconds{200}); // time to overtake
  may_go_on.set_value();
  BOOST_REQUIRE((outcome.wait_for(patience) == std::future_status::ready));
  const auto peer = outcome.get();
  BOOST_REQUIRE_MESSAGE(peer, a.why_not(peer));
  BOOST_TEST(!!a.ask(peer->published, 1));
}

// CAF itself keeps an actor for each node that it ever met.
BOOST_AUTO_TEST_CASE(a_lost_node_leaves_nothing_of_caf_behind) {
  const auto known = [this] {
    std::promise<std::size_t> result;
    auto& middleman = a.system().middleman();
    const auto broker
        = middleman.named_broker<caf::io::basp_broker>(caf::atom("BASP"));
    middleman.backend().post([&] {
      result.set_value(static_cast<caf::io::basp_broker*>(
                           caf::actor_cast<caf::abstract_actor*>(broker))
                           ->spawn_servers.size());
    });
    return result.get_future().get();
  };
  const auto peer = a.join(b.port);
  BOOST_TEST(known() == 1u);
  a.links->close(peer.id);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (known() > 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  BOOST_TEST(known() == 0u);
}

BOOST_AUTO_TEST_CASE(a_node_that_stops_takes_its_links_down) {
  {
    node c{tls_as("a")};
    a.join(c.port);
  }
  BOOST_TEST(!a.log.next_down().reason.empty());
}

BOOST_AUTO_TEST_CASE(a_restart_on_the_same_address_is_another_node) {
  auto first = std::make_unique<node>(tls_as("b"));
  const auto port = first->port;
  a.join(port);
  const auto old = a.log.next_up().peer;
  first.reset();
  a.log.next_down();
  node second{tls_as("b")};
  BOOST_REQUIRE(!!second.links->listen("127.0.0.1", port));
  const auto peer = a.join(port);
  BOOST_TEST((peer.published.node() != old));
  BOOST_TEST(!!a.ask(peer.published, 1));
}

BOOST_AUTO_TEST_CASE(stopping_answers_connects_that_are_under_way) {
  hostile_client ignored{b.port}; // keeps the port busy with something else
  auto outcome = a.start_connect("127.0.0.1", b.port);
  a.links.reset();
  BOOST_REQUIRE((outcome.wait_for(patience) == std::future_status::ready));
}

BOOST_AUTO_TEST_CASE(unknown_links_cannot_be_closed) {
  a.links->close(link_id{4711});
  BOOST_TEST(!!a.connect(b.port));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
