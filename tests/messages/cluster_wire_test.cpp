#include "crdt/wire/cluster_wire.hpp"
#include "crdt/wire/wire_io.hpp"
#include "rollcall/limits.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace rollcall;
using namespace std::chrono_literals;

namespace {

template <class Packet>
std::string encoded(const Packet& packet) {
  std::string result;
  wire::encode(packet, result);
  return result;
}

wire::heartbeat some_heartbeat() {
  wire::heartbeat result;
  result.membership.counter = 300;
  result.membership.address = "10.0.0.1:4000";
  result.membership.others
      = {{{"beta", 1}, 12, true, "10.0.0.2:4000", {}},
         {{"gamma", 1u << 30}, 13, false, {}, std::chrono::seconds{1}}};
  result.membership.departed = {{"delta", 9}};
  result.membership.order = {9, 7, 1000, true, std::chrono::milliseconds{3}};
  result.membership.missing = {"beta"};
  result.membership.relays = {"beta", "gamma"};
  result.shards = {{true, {{{1}, {5, 9}}, {{2}, {0, 0}, true}}},
                   {},
                   {false, {{{3}, {7, 7}, false, true}}}};
  return result;
}

/// One of each kind.
std::vector<std::string> one_of_each() {
  std::string shard;
  wire::begin_shard_packet(300, shard);
  return {encoded(wire::hello{1, "lab", {"alpha", 7}, 8, "10.0.0.1:4000"}),
          encoded(wire::refusal{"no"}),
          encoded(some_heartbeat()),
          encoded(wire::request{3, {77}, {5, 9}}),
          encoded(wire::leaving{{"alpha", 7}}),
          encoded(wire::event{"room", "shout", "{}", true}),
          shard + "rest",
          encoded(wire::tell{"room", "alice", std::string{"\0@<>", 4}}),
          encoded(wire::last_seen{{{"bob", 5s}, {"eve", 900s}}, {3, 20ms}}),
          encoded(wire::end_topic{"room"})};
}

/// Reads bytes as every kind. @returns how many took them.
int read_as_all(const std::string& packet) {
  static_cast<void>(wire::kind_of(packet));
  return (wire::decode_hello(packet) ? 1 : 0)
         + (wire::decode_refusal(packet) ? 1 : 0)
         + (wire::decode_heartbeat(packet) ? 1 : 0)
         + (wire::decode_request(packet) ? 1 : 0)
         + (wire::decode_leaving(packet) ? 1 : 0)
         + (wire::decode_event(packet) ? 1 : 0)
         + (wire::decode_shard_packet(packet) ? 1 : 0)
         + (wire::decode_tell(packet) ? 1 : 0)
         + (wire::decode_last_seen(packet) ? 1 : 0)
         + (wire::decode_end_topic(packet) ? 1 : 0);
}

/// A request as no `encode` writes it.
std::string request_of(std::uint64_t shard, std::uint64_t seen,
                       std::uint64_t more) {
  std::string result{"\x01\x05", 2};
  wire::writer to{result};
  to.section(1, [&] {
    to.number(shard);
    to.fixed(77);
    to.number(seen);
    to.number(more);
  });
  to.finish();
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cluster_wire_tests)

BOOST_AUTO_TEST_CASE(a_hello_reads_back) {
  const auto back = wire::decode_hello(
      encoded(wire::hello{3, "lab", {"alpha", 7}, 8, "10.0.0.1:4000"}));
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(back->protocol == 3u);
  BOOST_TEST(back->cluster == "lab");
  BOOST_TEST((back->node == crdt::node_incarnation{"alpha", 7}));
  BOOST_TEST(back->shard_count == 8u);
  BOOST_TEST(back->address == "10.0.0.1:4000");
}

BOOST_AUTO_TEST_CASE(a_heartbeat_reads_back) {
  const auto sent = some_heartbeat();
  const auto back = wire::decode_heartbeat(encoded(sent));
  BOOST_REQUIRE(back.has_value());
  const auto& members = back->membership;
  BOOST_TEST(members.counter == 300u);
  BOOST_TEST(members.address == "10.0.0.1:4000");
  BOOST_REQUIRE(members.others.size() == 2u);
  BOOST_TEST((members.others[0].who == crdt::node_incarnation{"beta", 1}));
  BOOST_TEST(members.others[0].is_direct);
  BOOST_TEST(!members.others[1].is_direct);
  BOOST_TEST(members.others[1].counter == 13u);
  BOOST_TEST((members.departed == sent.membership.departed));
  BOOST_TEST((members.others[1].age == std::chrono::seconds{1}));
  BOOST_TEST((members.missing == sent.membership.missing));
  BOOST_TEST((members.relays == sent.membership.relays));
  BOOST_TEST(members.order.sequence == 9u);
  BOOST_TEST(members.order.since == 7u);
  BOOST_TEST(members.order.echo == 1000u);
  BOOST_TEST(members.order.has_gap);
  BOOST_TEST((members.order.held == std::chrono::milliseconds{3}));
}

BOOST_AUTO_TEST_CASE(a_heartbeat_with_nothing_to_tell_is_a_few_bytes) {
  wire::heartbeat quiet;
  quiet.membership.counter = 1'000'000;
  quiet.membership.order = {1'000'000, 999'999, 999'999, false, {}};
  quiet.shards.resize(8);
  BOOST_TEST(encoded(quiet).size() <= 24u);
  const auto back = wire::decode_heartbeat(encoded(quiet));
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(!back->membership.missing.has_value());
  BOOST_TEST(!back->membership.relays.has_value());
}

BOOST_AUTO_TEST_CASE(what_is_older_than_an_hour_is_told_as_that) {
  wire::heartbeat late;
  late.membership.order.held = std::chrono::hours{30};
  const auto back = wire::decode_heartbeat(encoded(late));
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST((back->membership.order.held == std::chrono::hours{1}));
}

BOOST_AUTO_TEST_CASE(a_heartbeat_tells_how_far_each_shard_is) {
  const auto back = wire::decode_heartbeat(encoded(some_heartbeat()));
  BOOST_REQUIRE(back.has_value());
  BOOST_REQUIRE(back->shards.size() == 3u);
  BOOST_TEST(back->shards[0].is_whole);
  BOOST_REQUIRE(back->shards[0].replicas.size() == 2u);
  BOOST_TEST((back->shards[0].replicas[0].known == crdt::progress{5, 9}));
  BOOST_TEST(!back->shards[0].replicas[0].is_awaited);
  BOOST_TEST(back->shards[0].replicas[1].is_awaited);
  BOOST_TEST(back->shards[1].is_empty());
  BOOST_TEST(!back->shards[2].is_whole);
  BOOST_TEST((back->shards[2].replicas[0].replica == crdt::replica_tag{3}));
  BOOST_TEST(back->shards[2].replicas[0].is_dropped);
}

BOOST_AUTO_TEST_CASE(a_heartbeat_cannot_tell_of_more_shards_than_there_are) {
  auto sent = some_heartbeat();
  sent.shards.assign(limits::shard_count_max, {true, {}});
  BOOST_TEST(wire::decode_heartbeat(encoded(sent)).has_value());
  sent.shards.push_back({true, {}});
  BOOST_TEST(!wire::decode_heartbeat(encoded(sent)).has_value());
}

BOOST_AUTO_TEST_CASE(sections_of_a_newer_heartbeat_are_skipped) {
  auto packet = encoded(some_heartbeat());
  packet += std::string{"\x63\x02zz", 4};
  BOOST_TEST(wire::decode_heartbeat(packet).has_value());
  packet.pop_back();
  BOOST_TEST(!wire::decode_heartbeat(packet).has_value());
}

BOOST_AUTO_TEST_CASE(a_heartbeat_without_its_numbers_is_none) {
  BOOST_TEST(!wire::decode_heartbeat(encoded(some_heartbeat()).substr(0, 2))
                  .has_value());
}

BOOST_AUTO_TEST_CASE(the_small_packets_read_back) {
  const auto refusal = wire::decode_refusal(encoded(wire::refusal{"no"}));
  BOOST_REQUIRE(refusal.has_value());
  BOOST_TEST(refusal->reason == "no");
  const auto leaving
      = wire::decode_leaving(encoded(wire::leaving{{"alpha", 7}}));
  BOOST_REQUIRE(leaving.has_value());
  BOOST_TEST((leaving->node == crdt::node_incarnation{"alpha", 7}));
  const auto request
      = wire::decode_request(encoded(wire::request{3, {77}, {5, 9}}));
  BOOST_REQUIRE(request.has_value());
  BOOST_TEST(request->shard == 3u);
  BOOST_TEST((request->replica == crdt::replica_tag{77}));
  BOOST_TEST((request->known == crdt::progress{5, 9}));
}

BOOST_AUTO_TEST_CASE(an_event_reads_back_with_any_bytes) {
  const std::string payload{"\0\xff{}", 4};
  const auto back = wire::decode_event(
      encoded(wire::event{"room", "shout", payload, true}));
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(back->topic == "room");
  BOOST_TEST(back->name == "shout");
  BOOST_TEST(back->payload == payload);
  BOOST_TEST(back->is_binary);
}

BOOST_AUTO_TEST_CASE(a_tell_reads_back_with_any_bytes) {
  const std::string message{"\0\xff@<>", 5};
  const auto back
      = wire::decode_tell(encoded(wire::tell{"room", "alice", message}));
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(back->topic == "room");
  BOOST_TEST(back->key == "alice");
  BOOST_TEST(back->message == message);
}

BOOST_AUTO_TEST_CASE(a_shard_packet_is_an_index_and_what_follows) {
  std::string packet;
  wire::begin_shard_packet(300, packet);
  packet += "rest";
  const auto back = wire::decode_shard_packet(packet);
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(back->shard == 300u);
  BOOST_TEST(back->interval == "rest");
}

BOOST_AUTO_TEST_CASE(every_packet_is_of_one_kind) {
  auto kind = static_cast<int>(wire::packet_kind::hello);
  for (const auto& packet : one_of_each()) {
    BOOST_TEST(read_as_all(packet) == 1);
    BOOST_TEST(static_cast<int>(*wire::kind_of(packet)) == kind++);
  }
}

BOOST_AUTO_TEST_CASE(no_shortened_packet_is_taken) {
  for (const auto& packet : one_of_each())
    for (std::size_t size = 0; size < packet.size(); ++size) {
      const auto part = packet.substr(0, size);
      // But for what follows a shard's index, and the newer section.
      const bool may_be_short
          = wire::kind_of(part) == wire::packet_kind::shard
            || wire::kind_of(part) == wire::packet_kind::heartbeat;
      BOOST_TEST((read_as_all(part) == 0 || may_be_short));
    }
}

BOOST_AUTO_TEST_CASE(a_shard_that_does_not_fit_is_refused) {
  std::string packet{"\x01\x08", 2};
  wire::writer to{packet};
  to.number(0x10000);
  to.finish();
  BOOST_TEST(!wire::decode_shard_packet(packet).has_value());
  BOOST_TEST(wire::decode_request(request_of(0xffff, 5, 4)).has_value());
  BOOST_TEST(!wire::decode_request(request_of(0x10000, 5, 4)).has_value());
}

BOOST_AUTO_TEST_CASE(random_bytes_do_no_harm_to_the_cluster) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << test::seed()) {
    test::random_source random{test::seed()};
    const auto good = one_of_each();
    for (int i = 0; i < 100'000; ++i) {
      auto packet = random.pick(good);
      for (auto changes = random.between(1, 4); changes > 0; --changes)
        packet[random.below(packet.size())]
            = static_cast<char>(random.below(256));
      packet.resize(random.between(packet.size() / 2, packet.size()));
      if (const auto heartbeat = wire::decode_heartbeat(packet)) {
        BOOST_TEST(heartbeat->shards.size() <= limits::shard_count_max);
      } else {
        read_as_all(packet);
      }
    }
  }
}

// A count of billions in a few bytes must not cost what it promises.
BOOST_AUTO_TEST_CASE(a_huge_count_is_refused_and_costs_nothing) {
  std::string packet{"\x01\x04", 2};
  wire::writer to{packet};
  to.section(1, [&] {
    for (int i = 0; i < 6; ++i)
      to.byte(0);
  });
  to.finish();
  BOOST_TEST(wire::decode_heartbeat(packet).has_value());
  for (std::uint8_t section = 2; section <= 6; ++section) {
    auto huge = packet;
    wire::writer more{huge};
    more.section(section, [&] {
      if (section == 2)
        more.bytes(std::string_view{"\0\1", 2}); // a shard, and is_whole
      more.number(~0ull);
    });
    more.finish();
    BOOST_TEST(!wire::decode_heartbeat(huge).has_value());
  }
}

BOOST_AUTO_TEST_CASE(progress_that_overflows_is_refused) {
  BOOST_TEST(wire::decode_request(request_of(0, ~0ull, 0)).has_value());
  BOOST_TEST(!wire::decode_request(request_of(0, ~0ull, 1)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
