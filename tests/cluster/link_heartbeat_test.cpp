// Heartbeats that go past CAF: between the frames of CAF on the same link.
#include "actors/cluster/basp_guard.hpp"
#include "actors/cluster/heartbeat_frame.hpp"
#include "actors/cluster/outflow.hpp"
#include "tests/cluster/hostile_client.hpp"
#include "tests/cluster/link_fixture.hpp"
#include "tests/support/seed.hpp"

#include <algorithm>
#include <random>

namespace rollcall::test {

namespace {

constexpr std::uint64_t published = 9;

/// What a heartbeat looks like to a link, with any text in it.
std::string packet(const std::string& text) {
  return "\1\4" + text;
}

bytes frame_of(const std::string& text) {
  return text_bytes(heartbeat_frame::encode(packet(text)));
}

/// A guard for a peer that dialed and has said hello.
struct greeted_peer {
  const node_key self = some_node(9);
  const node_key peer = some_node(1);
  basp_guard guard{link_side::accepted, {self, peer, published}, {}};
  bytes clean;
  std::vector<std::string> heartbeats;

  greeted_peer() {
    BOOST_REQUIRE(guard.filter(client_handshake(peer), clean)
                  == frame_verdict::good);
  }

  void speak() {
    BOOST_REQUIRE(feed(message("hello")) == frame_verdict::good);
    clean.clear();
  }

  static bytes message(const std::string& text) {
    return wire_message(published, text);
  }

  frame_verdict feed(const bytes& data) {
    return guard.filter(data, clean, &heartbeats);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(heartbeat_guard_tests, greeted_peer)

BOOST_AUTO_TEST_CASE(a_heartbeat_is_taken_out) {
  speak();
  BOOST_TEST(feed(frame_of("one") + frame_of("two")) == frame_verdict::good);
  BOOST_TEST(clean.empty());
  BOOST_TEST(heartbeats == (std::vector{packet("one"), packet("two")}),
             boost::test_tools::per_element());
  BOOST_TEST(guard.messages() == 3u);
}

BOOST_AUTO_TEST_CASE(a_heartbeat_behind_a_message_is_a_message) {
  speak();
  BOOST_TEST(feed(frame_of("one") + message("x") + frame_of("two"))
             == frame_verdict::good);
  BOOST_TEST(heartbeats.size() == 1u);
  BOOST_TEST((clean == message("x") + message(packet("two"))));
}

BOOST_AUTO_TEST_CASE(a_heartbeat_is_a_message_where_nobody_takes_it) {
  speak();
  const std::string long_text(300, 'x');
  BOOST_TEST(guard.filter(frame_of(long_text), clean) == frame_verdict::good);
  BOOST_TEST((clean == message(packet(long_text))));
}

BOOST_AUTO_TEST_CASE(heartbeats_come_however_they_are_cut) {
  speak();
  for (const auto byte : frame_of("one") + frame_of("two"))
    BOOST_TEST(feed({byte}) == frame_verdict::good);
  BOOST_TEST(heartbeats.size() == 2u);
  BOOST_TEST(clean.empty());
}

BOOST_AUTO_TEST_CASE(a_heartbeat_before_the_peer_has_spoken_is_malformed) {
  BOOST_TEST(feed(frame_of("one")) == frame_verdict::malformed);
  BOOST_TEST(heartbeats.empty());
}

BOOST_AUTO_TEST_CASE(a_heartbeat_before_the_handshake_is_malformed) {
  basp_guard fresh{link_side::accepted, {self, peer, published}, {}};
  BOOST_TEST(fresh.filter(frame_of("one"), clean, &heartbeats)
             == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(a_heartbeat_from_or_to_an_actor_is_malformed) {
  const auto operation
      = static_cast<caf::io::basp::message_type>(heartbeat_frame::operation);
  for (const auto& header :
       {frame{operation, 1, 2}, frame{operation, 0, 2, 1},
        frame{operation, 0, 2, 0, 5}, frame{operation, 0, 2, 0, 0, published},
        frame{operation}}) {
    greeted_peer other;
    other.speak();
    BOOST_TEST(other.feed(encode(header)) == frame_verdict::malformed);
  }
}

BOOST_AUTO_TEST_CASE(another_packet_than_a_heartbeat_is_malformed) {
  for (const std::string other : {"\1\2hello", "\1", "\2\4"}) {
    greeted_peer odd;
    odd.speak();
    BOOST_TEST(odd.feed(text_bytes(heartbeat_frame::encode(other)))
               == frame_verdict::malformed);
    BOOST_TEST(odd.heartbeats.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_heartbeat_above_the_bound_is_too_large) {
  speak();
  const auto longest = heartbeat_frame::packet_bytes_max - 2;
  BOOST_TEST(feed(frame_of(std::string(longest, 'x'))) == frame_verdict::good);
  BOOST_TEST(feed(frame_of(std::string(longest + 1, 'x')))
             == frame_verdict::too_large);
  BOOST_TEST(heartbeat_frame::fits(packet(std::string(longest, 'x'))));
  BOOST_TEST(!heartbeat_frame::fits(packet(std::string(longest + 1, 'x'))));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(outflow_tests)

BOOST_AUTO_TEST_CASE(a_gap_is_where_a_frame_ends) {
  outflow out;
  const auto first = wire_message(9, "text");
  const auto both = first + wire_message(9, "more");
  BOOST_TEST(out.first_gap(both).value() == 0u);
  out.pass(std::span{both}.first(1));
  BOOST_TEST(out.first_gap(std::span{both}.subspan(1)).value()
             == first.size() - 1);
  BOOST_TEST(!out.first_gap(std::span{first}.subspan(1, 30)));
  out.pass(std::span{both}.subspan(1, first.size() - 1));
  BOOST_TEST(out.is_between_frames());
  BOOST_TEST(out.messages() == 1u);
}

BOOST_AUTO_TEST_CASE(only_messages_between_actors_count) {
  outflow out;
  out.pass(client_handshake(some_node(1)));
  out.pass(monitor_message(some_node(1), some_node(2), 9));
  out.pass(encode({.operation = caf::io::basp::message_type::heartbeat}));
  BOOST_TEST(out.is_between_frames());
  BOOST_TEST(out.messages() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// What came to a node, in its order, past CAF or not.
class arrivals {
public:
  void add(const std::string& text) {
    {
      const std::lock_guard guard{mutex_};
      texts_.push_back(text);
    }
    changed_.notify_all();
  }

  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock guard{mutex_};
    changed_.wait_for(guard, patience, [&] { return texts_.size() >= count; });
    return texts_;
  }

  std::atomic<int> direct{0};

  /// Of the link over which all of it comes.
  std::promise<std::shared_ptr<const link_traffic>> traffic;
  std::shared_future<std::shared_ptr<const link_traffic>> shared
      = traffic.get_future().share();

  /// The node has dealt with a text.
  void take(const std::string& text) {
    shared.get()->taken += text.size() + link_traffic::message_bytes;
    add(text);
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> texts_;
};

/// Two nodes: `a` sends, and `b` keeps what comes.
struct one_way {
  explicit one_way(const link_config& of_a, const link_config& of_b) : a{of_a} {
    auto made = cluster_link::make(system, of_b, reader, events());
    BOOST_REQUIRE(made);
    links = std::move(*made);
    const auto port = links->listen("127.0.0.1", 0);
    BOOST_REQUIRE(port);
    to = a.join(*port);
    traffic = a.log.next_up().traffic;
    a.send(to.published, "hello");
    ++sent;
    ++traffic->sent;
  }

  ~one_way() {
    links.reset();
    caf::anon_send_exit(reader, caf::exit_reason::user_shutdown);
  }

  link_events events() {
    return {.up
            = [kept = kept](
                  const link_up& up) { kept->traffic.set_value(up.traffic); },
            .down = {},
            .heartbeat =
                [kept = kept](const link_heartbeat& heartbeat) {
                  ++kept->direct;
                  kept->take(heartbeat.packet);
                }};
  }

  void send_message(std::string text) {
    ++sent;
    ++traffic->sent;
    a.send(to.published, std::move(text));
  }

  /// Sends a heartbeat as the cluster does: past CAF if that overtakes nothing.
  void send_heartbeat(const std::string& text) {
    if (!traffic->is_outflow_done())
      return send_message(packet(text));
    ++sent;
    ++traffic->sent;
    a.links->send({{to.id, packet(text)}});
  }

  system_config settings;
  caf::actor_system system{settings};
  std::shared_ptr<arrivals> kept = std::make_shared<arrivals>();
  caf::actor reader = system.spawn([kept = kept](caf::event_based_actor*) {
    return caf::behavior{
        [kept](const wire_frame& frame) { kept->take(frame.bytes); }};
  });
  std::unique_ptr<cluster_link> links;
  node a;
  link_peer to;
  std::shared_ptr<const link_traffic> traffic;
  std::size_t sent = 0;
};

/// What is sent, by its number.
std::string numbered(std::size_t number, std::size_t size) {
  auto text = std::to_string(number) + ":";
  text.resize(std::max(size, text.size()), 'x');
  return text;
}

/// Goal: all comes in the order in which it was sent, past CAF or not.
/// Method: messages of all sizes and heartbeats in random order, as fast as
///         they go, now and then after a rest, and now and then when all that
///         was sent has come.
void check_order(one_way& over) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << seed()) {
    std::mt19937_64 random{seed()};
    std::vector<std::string> expected{"hello"};
    for (std::size_t i = 0; i < 3000; ++i) {
      const auto text = numbered(i, 1 + random() % 400);
      if (random() % 20 == 0)
        BOOST_REQUIRE(
            eventually([&] { return over.traffic->is_outflow_done(); }));
      if (random() % 20 == 0) // A heartbeat that follows goes past CAF.
        BOOST_REQUIRE(over.kept->wait_for(over.sent).size() == over.sent);
      if (random() % 2 == 0) {
        expected.push_back(packet(text));
        over.send_heartbeat(text);
      } else {
        expected.push_back(random() % 30 == 0 ? numbered(i, random() % 300'000)
                                              : text);
        over.send_message(expected.back());
      }
    }
    const auto came = over.kept->wait_for(expected.size());
    BOOST_REQUIRE(came.size() == expected.size());
    const auto differs
        = std::mismatch(came.begin(), came.end(), expected.begin());
    BOOST_TEST((differs.first == came.end()));
    BOOST_TEST(over.kept->direct > 20);
    BOOST_TEST(over.traffic->is_outflow_done());
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(link_heartbeat_tests)

BOOST_AUTO_TEST_CASE(heartbeats_and_messages_keep_their_order) {
  one_way over{plaintext(), plaintext()};
  check_order(over);
}

BOOST_AUTO_TEST_CASE(heartbeats_and_messages_keep_their_order_over_tls) {
  one_way over{tls_as("a"), tls_as("b")};
  check_order(over);
}

BOOST_AUTO_TEST_CASE(a_heartbeat_over_a_quiet_link_goes_past_caf) {
  one_way over{plaintext(), plaintext()};
  over.kept->wait_for(1);
  for (int i = 0; i < 100; ++i) {
    BOOST_REQUIRE(eventually([&] { return over.traffic->is_outflow_done(); }));
    over.send_heartbeat(std::to_string(i));
    over.kept->wait_for(over.sent);
  }
  BOOST_TEST(over.kept->direct == 100);
}

BOOST_AUTO_TEST_CASE(a_heartbeat_over_a_link_that_is_gone_is_nothing) {
  one_way over{plaintext(), plaintext()};
  over.kept->wait_for(1);
  over.a.links->close(over.to.id);
  over.a.log.next_down();
  over.a.links->send({{over.to.id, packet("late")}});
  BOOST_TEST(over.a.is_well());
  BOOST_TEST(over.kept->direct == 0);
}

BOOST_AUTO_TEST_CASE(a_node_that_takes_no_heartbeats_gets_them_as_messages) {
  node a{plaintext()};
  node b{plaintext()};
  const auto peer = a.join(b.port);
  const auto up = a.log.next_up();
  BOOST_TEST(*a.ask(peer.published, 1) == 1);
  a.links->send({{peer.id, packet("nobody answers this")}});
  BOOST_TEST(*a.ask(peer.published, 2) == 2);
  BOOST_TEST(a.log.downs() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
