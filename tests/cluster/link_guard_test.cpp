#include "tests/cluster/hostile_client.hpp"
#include "tests/cluster/link_fixture.hpp"
#include "tests/support/seed.hpp"

#include <caf/atom.hpp>
#include <caf/io/basp/header.hpp>
#include <caf/io/basp/version.hpp>
#include <caf/message_id.hpp>

#include <random>

namespace rollcall::test {

namespace {

using caf::io::basp::message_type;

constexpr std::uint32_t message_max = 100'000;
constexpr std::uint32_t control_max = 1000;
constexpr std::uint64_t published = 9;
constexpr auto async_id = caf::message_id{}.integer_value();
constexpr auto select = caf::io::basp::header::select_connection_flag;

/// A guard for the peer that `some_node(1)` names, and what it lets pass.
struct one_guard {
  const node_key self = some_node(9);
  const node_key peer = some_node(1);
  basp_guard guard{
      link_side::accepted,
      {self, peer, published},
      {.message_bytes_max = message_max, .control_bytes_max = control_max}};
  bytes clean;

  frame_verdict feed(const bytes& data) {
    return guard.filter(data, clean);
  }
};

struct greeted_guard : one_guard {
  greeted_guard() {
    BOOST_REQUIRE(feed(client_handshake(peer)) == frame_verdict::good);
    clean.clear();
  }

  static bytes message(std::size_t text, std::uint64_t to = published) {
    return wire_message(to, std::string(text, 'x'));
  }

  static bytes named_message(std::uint64_t name) {
    return encode({.operation = message_type::direct_message,
                   .flags = caf::io::basp::header::named_receiver_flag,
                   .payload_bytes = 5,
                   .operation_data = async_id,
                   .source = 5,
                   .destination = name})
           + bytes(5);
  }

  /// What the guard thinks of a payload to the published actor.
  frame_verdict judge(const bytes& payload) {
    return feed(direct_message(published, payload));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(basp_guard_tests, one_guard)

BOOST_AUTO_TEST_CASE(a_handshake_passes_when_it_is_complete) {
  const auto handshake = client_handshake(peer);
  const bytes all_but_one{handshake.begin(), handshake.end() - 1};
  BOOST_TEST(feed(all_but_one) == frame_verdict::good);
  BOOST_TEST(clean.empty());
  BOOST_TEST(!guard.has_handshake());
  BOOST_TEST(feed({handshake.back()}) == frame_verdict::good);
  BOOST_TEST(guard.has_handshake());
  BOOST_TEST((clean == handshake));
}

BOOST_AUTO_TEST_CASE(a_handshake_without_payload_is_malformed) {
  BOOST_TEST(feed(encode({.operation = message_type::client_handshake}))
             == frame_verdict::malformed);
  BOOST_TEST(clean.empty());
}

BOOST_AUTO_TEST_CASE(nothing_passes_before_the_handshake) {
  for (auto operation : {message_type::direct_message, message_type::heartbeat,
                         message_type::monitor_message}) {
    one_guard fresh;
    BOOST_TEST(
        fresh.feed(encode(
            {.operation = operation, .payload_bytes = 10, .destination = 1}))
        == frame_verdict::malformed);
    BOOST_TEST(fresh.clean.empty());
  }
}

BOOST_AUTO_TEST_CASE(the_handshake_of_a_server_is_not_that_of_a_client) {
  BOOST_TEST(feed(encode({.operation = message_type::server_handshake,
                          .payload_bytes = 32,
                          .operation_data = 3})
                  + bytes{peer.begin(), peer.end()})
             == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(a_handshake_in_the_name_of_another_node_is_refused) {
  BOOST_TEST(feed(client_handshake(some_node(2))) == frame_verdict::imposter);
  BOOST_TEST(clean.empty());
}

BOOST_AUTO_TEST_CASE(a_handshake_above_the_bound_is_too_large) {
  BOOST_TEST(feed(encode({.operation = message_type::client_handshake,
                          .payload_bytes = control_max + 1}))
             == frame_verdict::too_large);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(basp_guard_after_handshake_tests, greeted_guard)

BOOST_AUTO_TEST_CASE(a_replayed_handshake_is_malformed) {
  BOOST_TEST(feed(client_handshake(peer)) == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(a_client_may_select_its_connection_once) {
  BOOST_TEST(feed(client_handshake(peer, select)) == frame_verdict::good);
  BOOST_TEST(feed(client_handshake(peer, select)) == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(a_client_selects_its_connection_first_or_never) {
  BOOST_TEST(feed(message(5)) == frame_verdict::good);
  BOOST_TEST(feed(client_handshake(peer, select)) == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(a_client_selects_in_its_own_name) {
  BOOST_TEST(feed(client_handshake(some_node(2), select))
             == frame_verdict::imposter);
}

BOOST_AUTO_TEST_CASE(a_message_at_the_bound_passes) {
  const auto around = message(message_max).size() - 32 - message_max;
  const auto data = message(message_max - around);
  BOOST_TEST(feed(data) == frame_verdict::good);
  BOOST_TEST((clean == data));
}

BOOST_AUTO_TEST_CASE(a_message_one_past_the_bound_is_too_large) {
  const auto around = message(message_max).size() - 32 - message_max;
  BOOST_TEST(feed(message(message_max - around + 1))
             == frame_verdict::too_large);
  BOOST_TEST(clean.empty());
}

BOOST_AUTO_TEST_CASE(a_message_without_payload_is_malformed) {
  BOOST_TEST(judge({}) == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(an_empty_frame_passes) {
  BOOST_TEST(feed(message(0)) == frame_verdict::good);
  BOOST_TEST((clean == message(0)));
}

BOOST_AUTO_TEST_CASE(a_message_of_another_type_is_malformed) {
  for (const std::string types :
       {"@<>", "@<>+@str", "@<>+@message", "@<>+rollcall::wire_framf",
        "@<>+rollcall::wire_frame+@str", "@<>+rollcall::told_event"}) {
    greeted_guard fresh;
    BOOST_TEST(fresh.judge(message_head(types) + length(3) + bytes(3))
               == frame_verdict::malformed);
    BOOST_TEST(fresh.clean.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_text_that_is_not_the_rest_of_its_frame_is_malformed) {
  for (const std::uint64_t claimed : {0u, 2u, 4u, 0xffff'ffffu}) {
    greeted_guard fresh;
    BOOST_TEST(fresh.judge(message_head("@<>+rollcall::wire_frame")
                           + length(claimed) + bytes(3))
               == frame_verdict::malformed);
    BOOST_TEST(fresh.clean.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_length_without_end_is_malformed) {
  const bytes endless(20, std::byte{0x80});
  BOOST_TEST(judge(message_head("@<>+rollcall::wire_frame") + endless)
             == frame_verdict::malformed);
  BOOST_TEST(clean.empty());
}

BOOST_AUTO_TEST_CASE(a_message_with_stages_is_malformed) {
  BOOST_TEST(judge(bytes{std::byte{1}} + bytes(40)
                   + message_head("@<>+rollcall::wire_frame") + length(0))
             == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(a_message_that_ends_in_its_head_is_malformed) {
  BOOST_TEST(judge(bytes(3)) == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(a_message_without_sender_is_malformed) {
  BOOST_TEST(feed(wire_message(published, "x", 0)) == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(a_second_sender_is_malformed) {
  BOOST_TEST(feed(wire_message(published, "x", 5)) == frame_verdict::good);
  BOOST_TEST(feed(wire_message(published, "x", 6)) == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(a_request_is_malformed) {
  BOOST_TEST(
      feed(encode({.operation = message_type::direct_message,
                   .payload_bytes = 3,
                   .operation_data = caf::make_message_id(1).integer_value(),
                   .source = 5,
                   .destination = published})
           + bytes(3))
      == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(a_monitor_of_the_published_actor_passes) {
  const auto data = monitor_message(peer, self, published);
  BOOST_TEST(feed(data) == frame_verdict::good);
  BOOST_TEST((clean == data));
}

BOOST_AUTO_TEST_CASE(a_monitor_of_another_actor_is_left_out) {
  BOOST_TEST(feed(monitor_message(peer, self, published + 1))
             == frame_verdict::good);
  BOOST_TEST(clean.empty());
  BOOST_TEST(guard.dropped() == 1u);
}

BOOST_AUTO_TEST_CASE(control_frames_for_third_nodes_are_malformed) {
  for (const auto& [from, to] :
       {std::pair{some_node(3), self}, std::pair{peer, some_node(3)}}) {
    BOOST_TEST(greeted_guard{}.feed(monitor_message(from, to, published))
               == frame_verdict::malformed);
    BOOST_TEST(greeted_guard{}.feed(down_message(from, to, 5))
               == frame_verdict::malformed);
  }
}

BOOST_AUTO_TEST_CASE(the_end_of_an_actor_of_the_peer_passes) {
  const auto data = down_message(peer, self, 5);
  BOOST_TEST(feed(data) == frame_verdict::good);
  BOOST_TEST((clean == data));
}

BOOST_AUTO_TEST_CASE(an_end_with_a_message_as_reason_is_malformed) {
  auto data = down_message(peer, self, 5);
  data[data.size() - 2] = std::byte{'('};
  BOOST_TEST(feed(data) == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(a_message_of_a_stream_is_malformed) {
  BOOST_TEST(feed(stream_message(9)) == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(an_unknown_operation_is_malformed) {
  BOOST_TEST(feed(encode({.operation = static_cast<message_type>(7)}))
             == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(a_heartbeat_passes) {
  BOOST_TEST(feed(encode({.operation = message_type::heartbeat}))
             == frame_verdict::good);
  BOOST_TEST(clean.size() == 32u);
}

BOOST_AUTO_TEST_CASE(a_message_to_a_named_actor_is_left_out) {
  const auto name = static_cast<std::uint64_t>(caf::atom("ConfigServ"));
  const auto next = message(3);
  BOOST_TEST(feed(named_message(name) + next) == frame_verdict::good);
  BOOST_TEST((clean == next));
  BOOST_TEST(guard.dropped() == 1u);
}

// Every node asks it and none answers, so it is no sign of anything.
BOOST_AUTO_TEST_CASE(what_basp_asks_of_a_new_peer_is_left_out_without_a_count) {
  const auto name = static_cast<std::uint64_t>(caf::atom("SpawnServ"));
  BOOST_TEST(feed(named_message(name)) == frame_verdict::good);
  BOOST_TEST(clean.empty());
  BOOST_TEST(guard.dropped() == 0u);
}

BOOST_AUTO_TEST_CASE(a_frame_for_a_third_node_is_left_out) {
  BOOST_TEST(feed(encode({.operation = message_type::routed_message,
                          .payload_bytes = 64,
                          .operation_data = async_id,
                          .destination = 1})
                  + bytes(64))
             == frame_verdict::good);
  BOOST_TEST(clean.empty());
  BOOST_TEST(guard.dropped() == 1u);
}

// Goal: frames pass whole and in order, wherever the network cuts them.
// Method: the same stream in random pieces.
BOOST_AUTO_TEST_CASE(frames_pass_however_they_are_cut) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << seed()) {
    std::mt19937_64 random{seed()};
    bytes stream;
    for (int i = 0; i < 200; ++i)
      stream = std::move(stream) + message(random() % 300);
    for (std::size_t at = 0; at < stream.size();) {
      const auto size
          = std::min<std::size_t>(1 + random() % 100, stream.size() - at);
      const auto from = stream.begin() + static_cast<std::ptrdiff_t>(at);
      BOOST_TEST(feed({from, from + static_cast<std::ptrdiff_t>(size)})
                 == frame_verdict::good);
      at += size;
    }
    BOOST_TEST((clean == stream));
  }
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A guard where this node dialed, so that the peer greets as server.
struct one_dialer {
  const node_key self = some_node(9);
  const node_key peer = some_node(1);
  basp_guard guard{link_side::dialed, {self, peer, published}, {}};
  bytes clean;

  frame_verdict greet(const bytes& rest) {
    const auto payload = bytes{peer.begin(), peer.end()} + rest;
    return guard.filter(
        encode({.operation = message_type::server_handshake,
                .payload_bytes = static_cast<std::uint32_t>(payload.size()),
                .operation_data = caf::io::basp::version})
            + payload,
        clean);
  }

  static bytes application() {
    return length(1) + length(3) + text_bytes("app");
  }

  static bytes actor(std::byte id) {
    return bytes(7) + bytes{id};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(basp_guard_dialed_tests, one_dialer)

BOOST_AUTO_TEST_CASE(the_handshake_of_a_server_passes) {
  BOOST_TEST(greet(application() + actor(std::byte{4}) + length(0))
             == frame_verdict::good);
  BOOST_TEST(guard.has_handshake());
  BOOST_TEST(clean.size() == 32u + 32 + 5 + 8 + 1);
}

BOOST_AUTO_TEST_CASE(a_server_that_counts_what_is_not_there_is_malformed) {
  BOOST_TEST(greet(length(0xffff'ffff)) == frame_verdict::malformed);
  one_dialer other;
  BOOST_TEST(other.greet(length(1) + length(0xffff'ffff))
             == frame_verdict::malformed);
  one_dialer third;
  BOOST_TEST(
      third.greet(application() + actor(std::byte{4}) + length(0xffff'ffff))
      == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(a_server_that_publishes_nothing_is_malformed) {
  BOOST_TEST(greet(application() + actor(std::byte{0}) + length(0))
             == frame_verdict::malformed);
}

BOOST_AUTO_TEST_CASE(only_what_a_server_publishes_may_speak) {
  BOOST_REQUIRE(greet(application() + actor(std::byte{4}) + length(0))
                == frame_verdict::good);
  BOOST_TEST(guard.filter(wire_message(published, "x", 4), clean)
             == frame_verdict::good);
  BOOST_TEST(guard.filter(wire_message(published, "x", 5), clean)
             == frame_verdict::malformed);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
