// A peer that was let in, and then says what no node of ours would.
#include "actors/cluster/link.hpp"
#include "messages/cluster_wire.hpp"
#include "messages/replication.hpp"
#include "tests/cluster/cluster_nodes.hpp"

#include <caf/event_based_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <future>

namespace rollcall::test {

namespace {

/// Speaks over a real link, but is no node.
class odd_peer {
public:
  explicit odd_peer(const cluster_node& target)
      : links_{std::move(*cluster_link::make(system_, {}, port_))} {
    std::promise<caf::expected<link_peer>> outcome;
    links_->connect("127.0.0.1", target.net.port(),
                    [&](caf::expected<link_peer> result) {
                      outcome.set_value(std::move(result));
                    });
    peer_ = outcome.get_future().get()->published;
  }

  ~odd_peer() {
    links_.reset();
    caf::anon_send_exit(port_, caf::exit_reason::kill);
  }

  odd_peer(const odd_peer&) = delete;
  odd_peer& operator=(const odd_peer&) = delete;

  template <class Packet>
  void say(const Packet& packet) {
    wire_frame frame;
    wire::encode(packet, frame.bytes);
    caf::send_as(port_, peer_, std::move(frame));
  }

  void tell(const tell_frame& what) {
    caf::send_as(port_, peer_, what);
  }

private:
  struct settings : caf::actor_system_config {
    settings() {
      configure(*this);
    }
  };

  static caf::behavior ignore_all(caf::event_based_actor* self) {
    self->set_default_handler(caf::drop);
    return {[](const wire_frame&) {}};
  }

  settings settings_;
  caf::actor_system system_{settings_};
  caf::actor port_ = system_.spawn(ignore_all);
  std::unique_ptr<cluster_link> links_;
  caf::actor peer_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(odd_peer_tests)

BOOST_AUTO_TEST_CASE(nobody_leaves_for_another) {
  cluster_node alpha{"alpha", {}};
  cluster_node beta{"beta", {.peers = {alpha.address()}, .incarnation = 1}};
  beta.track("room:1", "bob");
  BOOST_REQUIRE(
      eventually([&] { return alpha.keys("room:1").contains("bob"); }));
  odd_peer mallory{alpha};
  mallory.say(wire::hello{.cluster = "test",
                          .node = {"mallory", 1},
                          .shard_count = 2,
                          .address = {}});
  mallory.say(wire::leaving{{"beta", 1}});
  BOOST_TEST(eventually([&] { return alpha.net.stats().bad_packets == 1; }));
  BOOST_TEST(alpha.is_up("beta"));
  BOOST_TEST(alpha.keys("room:1").contains("bob"));
}

BOOST_AUTO_TEST_CASE(what_no_node_would_say_is_dropped_and_counted) {
  cluster_node alpha{"alpha", {}};
  odd_peer mallory{alpha};
  mallory.say(wire::hello{.cluster = "test",
                          .node = {"mallory", 1},
                          .shard_count = 2,
                          .address = {}});
  mallory.say(wire::event{"room:1", "ping", "no JSON"});
  mallory.tell({"room:1", "ann",
                caf::make_message(told_event{"ping", "no JSON", false})});
  wire::beat beat;
  beat.membership.sender = {"mallory", 1};
  beat.membership.counter = 1;
  beat.membership.others.push_back({{"\xf3", 1}, 1, true, {}});
  beat.held.push_back(0);
  mallory.say(beat);
  BOOST_TEST(eventually([&] { return alpha.net.stats().bad_packets == 3; }));
  BOOST_TEST(!alpha.is_up("\xf3"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
