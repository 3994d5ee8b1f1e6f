#include "crdt/wire/cluster_wire.hpp"
#include "crdt/wire/wire_io.hpp"
#include "rollcall/limits.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace rollcall;

namespace {

template <class Packet>
std::string encoded(const Packet& what) {
  std::string result;
  wire::encode(what, result);
  return result;
}

wire::beat some_beat() {
  wire::beat result;
  result.membership.sender = {"alpha", 7};
  result.membership.counter = 300;
  result.membership.address = "10.0.0.1:4000";
  result.membership.others = {{{"beta", 1}, 12, true, "10.0.0.2:4000"},
                              {{"gamma", 1u << 30}, 13, false, {}}};
  result.membership.departed = {{"delta", 9}};
  result.held = {1'500, 0};
  result.shards = {{{{1}, {5, 9}}, {{2}, {0, 0}, true}}, {}, {{{3}, {7, 7}}}};
  return result;
}

/// One of each kind.
std::vector<std::string> one_of_each() {
  std::string shard;
  wire::begin_shard_packet(300, shard);
  return {encoded(wire::hello{1, "lab", {"alpha", 7}, 8, "10.0.0.1:4000"}),
          encoded(wire::refusal{"no"}),
          encoded(some_beat()),
          encoded(wire::request{3, {77}, {5, 9}}),
          encoded(wire::leaving{{"alpha", 7}}),
          encoded(wire::event{"room", "shout", "{}", true}),
          shard + "rest",
          encoded(wire::tell{"room", "alice", std::string{"\0@<>", 4}})};
}

/// Reads bytes as every kind. @returns how many took them.
int read_as_all(const std::string& packet) {
  static_cast<void>(wire::kind_of(packet));
  return (wire::decode_hello(packet) ? 1 : 0)
         + (wire::decode_refusal(packet) ? 1 : 0)
         + (wire::decode_beat(packet) ? 1 : 0)
         + (wire::decode_request(packet) ? 1 : 0)
         + (wire::decode_leaving(packet) ? 1 : 0)
         + (wire::decode_event(packet) ? 1 : 0)
         + (wire::decode_shard_packet(packet) ? 1 : 0)
         + (wire::decode_tell(packet) ? 1 : 0);
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
  BOOST_TEST((back->node == crdt::node_life{"alpha", 7}));
  BOOST_TEST(back->shard_count == 8u);
  BOOST_TEST(back->address == "10.0.0.1:4000");
}

BOOST_AUTO_TEST_CASE(a_heartbeat_reads_back) {
  const auto sent = some_beat();
  const auto back = wire::decode_beat(encoded(sent));
  BOOST_REQUIRE(back.has_value());
  const auto& members = back->membership;
  BOOST_TEST((members.sender == sent.membership.sender));
  BOOST_TEST(members.counter == 300u);
  BOOST_TEST(members.address == "10.0.0.1:4000");
  BOOST_REQUIRE(members.others.size() == 2u);
  BOOST_TEST((members.others[0].who == crdt::node_life{"beta", 1}));
  BOOST_TEST(members.others[0].is_direct);
  BOOST_TEST(!members.others[1].is_direct);
  BOOST_TEST(members.others[1].counter == 13u);
  BOOST_TEST((members.departed == sent.membership.departed));
  BOOST_TEST(back->held == sent.held, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_heartbeat_tells_how_far_each_shard_is) {
  const auto back = wire::decode_beat(encoded(some_beat()));
  BOOST_REQUIRE(back.has_value());
  BOOST_REQUIRE(back->shards.size() == 3u);
  BOOST_REQUIRE(back->shards[0].size() == 2u);
  BOOST_TEST((back->shards[0][0].known == crdt::progress{5, 9}));
  BOOST_TEST(!back->shards[0][0].is_awaited);
  BOOST_TEST(back->shards[0][1].is_awaited);
  BOOST_TEST(back->shards[1].empty());
  BOOST_TEST((back->shards[2][0].replica == crdt::replica_tag{3}));
}

BOOST_AUTO_TEST_CASE(a_heartbeat_cannot_tell_of_more_shards_than_there_are) {
  auto sent = some_beat();
  sent.shards.assign(limits::shard_count_max, {});
  BOOST_TEST(wire::decode_beat(encoded(sent)).has_value());
  sent.shards.emplace_back();
  BOOST_TEST(!wire::decode_beat(encoded(sent)).has_value());
}

// A version that knows nothing of awaited replicas ends after two sections.
BOOST_AUTO_TEST_CASE(a_heartbeat_without_newer_sections_reads_too) {
  auto sent = some_beat();
  sent.shards.clear();
  auto packet = encoded(sent);
  packet.resize(packet.size() - 2); // the empty section: tag and length
  BOOST_TEST(wire::decode_beat(packet).has_value());
}

BOOST_AUTO_TEST_CASE(the_small_packets_read_back) {
  const auto refusal = wire::decode_refusal(encoded(wire::refusal{"no"}));
  BOOST_REQUIRE(refusal.has_value());
  BOOST_TEST(refusal->reason == "no");
  const auto leaving
      = wire::decode_leaving(encoded(wire::leaving{{"alpha", 7}}));
  BOOST_REQUIRE(leaving.has_value());
  BOOST_TEST((leaving->node == crdt::node_life{"alpha", 7}));
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
            || wire::kind_of(part) == wire::packet_kind::beat;
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
      if (const auto beat = wire::decode_beat(packet)) {
        BOOST_TEST(beat->held.size() == beat->membership.others.size());
        BOOST_TEST(beat->shards.size() <= packet.size());
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
    to.text("alpha");
    to.number(1);
    to.number(1);
    to.text("");
    to.number(~0ull);
  });
  to.finish();
  BOOST_TEST(!wire::decode_beat(packet).has_value());
}

BOOST_AUTO_TEST_CASE(progress_that_overflows_is_refused) {
  BOOST_TEST(wire::decode_request(request_of(0, ~0ull, 0)).has_value());
  BOOST_TEST(!wire::decode_request(request_of(0, ~0ull, 1)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
