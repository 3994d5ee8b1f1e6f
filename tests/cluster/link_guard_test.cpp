#include "tests/cluster/hostile_client.hpp"
#include "tests/cluster/link_fixture.hpp"
#include "tests/support/seed.hpp"

#include <caf/atom.hpp>
#include <caf/io/basp/header.hpp>

#include <random>

namespace rollcall::test {

namespace {

using caf::io::basp::message_type;

constexpr std::uint32_t message_max = 100'000;
constexpr std::uint32_t control_max = 1000;
constexpr auto select = caf::io::basp::header::select_connection_flag;

/// A guard for the peer that `some_node(1)` names, and what it lets pass.
struct one_guard {
  const node_key peer = some_node(1);
  basp_guard guard{
      link_side::accepted,
      peer,
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

  static bytes message(std::uint32_t size, std::uint8_t flags = 0,
                       std::uint64_t to = 9) {
    return encode({.operation = message_type::direct_message,
                   .flags = flags,
                   .payload_bytes = size,
                   .source = 5,
                   .destination = to})
           + bytes(size);
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
  const auto data = message(message_max);
  BOOST_TEST(feed(data) == frame_verdict::good);
  BOOST_TEST((clean == data));
}

BOOST_AUTO_TEST_CASE(a_message_one_past_the_bound_is_too_large) {
  BOOST_TEST(feed(message(message_max + 1)) == frame_verdict::too_large);
  BOOST_TEST(clean.empty());
}

BOOST_AUTO_TEST_CASE(a_message_without_payload_is_malformed) {
  BOOST_TEST(feed(message(0)) == frame_verdict::malformed);
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
  BOOST_TEST(feed(message(5, 1, name) + next) == frame_verdict::good);
  BOOST_TEST((clean == next));
  BOOST_TEST(guard.dropped() == 1u);
}

BOOST_AUTO_TEST_CASE(what_basp_asks_of_a_new_peer_passes) {
  const auto name = static_cast<std::uint64_t>(caf::atom("SpawnServ"));
  BOOST_TEST(feed(message(5, 1, name)) == frame_verdict::good);
  BOOST_TEST(clean.size() == 37u);
}

BOOST_AUTO_TEST_CASE(a_frame_for_a_third_node_is_left_out) {
  BOOST_TEST(feed(encode({.operation = message_type::routed_message,
                          .payload_bytes = 64,
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
      stream = std::move(stream)
               + message(static_cast<std::uint32_t>(1 + random() % 300));
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

} // namespace rollcall::test
