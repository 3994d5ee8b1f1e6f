// Who is told when keys were seen last, and for how long.
#include "tests/crdt/cluster/one_core.hpp"
#include "tests/support/texts.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace rollcall::crdt::test {

namespace {

using namespace std::chrono_literals;
using rollcall::test::texts;

/// Node "a", which saw ann, bob and eve go.
struct three_seen : one_core {
  three_seen() {
    for (const auto* key : {"ann", "bob", "eve", "joe", "kim"})
      shards.seen.ended(key, now += 1s);
    now += 2s;
  }

  /// A node is there, and its first heartbeat.
  void meet(connection_id id, const std::string& name) {
    open(id);
    greet(id, name);
    heartbeat(id, ++heartbeats);
  }

  void pass_with_heartbeats(std::chrono::milliseconds time) {
    for (const auto end = now + time; now < end;) {
      heartbeat(to_b, ++heartbeats);
      pass(200ms);
    }
  }

  std::uint64_t heartbeats = 0;

  /// The keys of the packets in `last`, with the connection in front.
  texts told_seen() const {
    texts result;
    for (const auto& packet : all<send_packet>())
      if (const auto seen = wire::decode_last_seen(packet.bytes))
        for (const auto& one : seen->keys)
          result.push_back(
              std::to_string(static_cast<std::uint64_t>(packet.to.at(0)))
              + one.key);
    return result;
  }

  /// What is told in the second after a key was seen last.
  texts told_of(const std::string& key) {
    shards.seen.ended(key, now);
    pass(1s);
    return told_seen();
  }
};

/// Of the heartbeat that node "a" sends when it meets its first peer.
constexpr heartbeat_echo first_echo{1, {}};

} // namespace

BOOST_FIXTURE_TEST_SUITE(last_seen_sync_tests, three_seen)

BOOST_AUTO_TEST_CASE(a_node_that_is_met_is_told_all_in_parts) {
  meet(to_b, "b");
  pass(200ms);
  BOOST_TEST(told_seen() == (texts{"1ann", "1bob", "1eve", "1joe"}));
  pass(200ms);
  BOOST_TEST(told_seen() == texts{"1kim"});
  pass(200ms);
  BOOST_TEST(told_seen() == texts{});
}

BOOST_AUTO_TEST_CASE(what_ends_before_the_other_shows_it_is_told_too) {
  meet(to_b, "b");
  pass(1s);
  shards.seen.ended("new", now);
  pass(2s);
  BOOST_TEST(told_seen() == texts{"1new"});
  pass_with_heartbeats(10s);
  BOOST_TEST(told_of("later") == texts{}); // It saw that itself.
}

BOOST_AUTO_TEST_CASE(where_keys_go_all_the_time_a_walk_ends_too) {
  meet(to_b, "b");
  for (int n = 0; n < 60; ++n) {
    shards.seen.ended("key" + std::to_string(n), now);
    pass_with_heartbeats(200ms);
  }
  BOOST_TEST(told_of("later") == texts{}); // It saw that itself.
}

BOOST_AUTO_TEST_CASE(a_node_that_lags_is_told_what_ends_until_it_does_not) {
  meet(to_b, "b");
  shards.age_of_lag = last_seen_sync::lag_max + 1ms;
  pass_with_heartbeats(60s);
  shards.age_of_lag = last_seen_sync::lag_max;
  pass_with_heartbeats(9s);
  BOOST_TEST(told_of("new") == texts{"1new"});
  pass_with_heartbeats(2s);
  shards.age_of_lag = 60s; // It shows this node for good.
  BOOST_TEST(told_of("later") == texts{});
}

BOOST_AUTO_TEST_CASE(what_others_tell_is_passed_on_but_not_to_them) {
  meet(to_b, "b");
  meet(to_c, "c");
  pass(1s);
  const auto teller = tag_of({"b", 1, 0, 0});
  shards.seen.learn({"early", 1s, teller}, now);
  pass(1s);
  BOOST_TEST(told_seen() == texts{"2early"});
  for (int n = 0; n < 300; ++n) {
    heartbeat(to_c, ++heartbeats);
    pass_with_heartbeats(200ms);
  }
  shards.seen.learn({"late", 1s, teller}, now);
  pass(1s);
  BOOST_TEST(told_seen() == texts{"2late"});
}

BOOST_AUTO_TEST_CASE(
    each_connection_is_told_by_itself_and_no_longer_than_it_is) {
  open(to_b);
  pass(200ms);
  BOOST_TEST(told_seen() == texts{}); // There was no hello.
  greet(to_b, "b");
  pass(200ms);
  BOOST_TEST(told_seen() == texts{}); // There was no heartbeat.
  heartbeat(to_b, 1);
  pass(200ms);
  BOOST_TEST(told_seen() == (texts{"1ann", "1bob", "1eve", "1joe"}));
  meet(to_c, "c");
  does(core.closed(to_b, "cut", now));
  pass(1s);
  BOOST_TEST(told_seen() == (texts{"2ann", "2bob", "2eve", "2joe", "2kim"}));
}

BOOST_AUTO_TEST_CASE(what_others_saw_is_delivered) {
  meet(to_b, "b");
  take(to_b, wire::last_seen{{{"ann", 5s}, {"bob", 7'500us}}, first_echo});
  BOOST_REQUIRE(all<deliver_last_seen>().size() == 1u);
  const auto& keys = all<deliver_last_seen>()[0].keys;
  BOOST_REQUIRE(keys.size() == 2u);
  BOOST_TEST(keys[0].key == "ann");
  BOOST_TEST((keys[0].age == 5s));
  BOOST_TEST((keys[1].age == 7ms));
  for (const auto& one : keys)
    BOOST_TEST((one.teller == tag_of({"b", 1, 0, 0})));
  take(to_b, wire::last_seen{{{"", 5s}}, first_echo});
  take(to_b, wire::last_seen{{{"ann", 24h * 4000}}, first_echo});
  take(to_b, wire::last_seen{{{"ann", 5s}}, {}});
  BOOST_TEST(bad_packets() == 3u);
}

BOOST_AUTO_TEST_CASE(what_was_long_under_way_is_so_much_older) {
  meet(to_b, "b");
  auto echo = first_echo;
  echo.held = 100ms;
  const auto age_after = [&](std::chrono::milliseconds time) {
    pass_with_heartbeats(time);
    take(to_b, wire::last_seen{{{"ann", 5s}}, echo});
    return all<deliver_last_seen>().at(0).keys.at(0).age;
  };
  BOOST_TEST((age_after(0ms) == 5s)); // Held longer than it exists.
  BOOST_TEST((age_after(1'000ms) == 5s)); // Not that long.
  BOOST_TEST((age_after(200ms) == 6'100ms));
  BOOST_TEST((age_after(4'800ms) == 10'900ms));
  // Heartbeats of so long ago are not remembered.
  BOOST_TEST((age_after(60s) >= 10s));
}

BOOST_AUTO_TEST_CASE(a_packet_has_a_bounded_number_of_keys) {
  meet(to_b, "b");
  wire::last_seen packet;
  packet.echo = first_echo;
  packet.keys.assign(wire::seen_keys_max, {"k", 5s});
  take(to_b, packet);
  BOOST_TEST(all<deliver_last_seen>().size() == 1u);
  packet.keys.push_back({"k", 5s});
  take(to_b, packet);
  BOOST_TEST(all<deliver_last_seen>().empty());
  BOOST_TEST(bad_packets() == 1u);
}

BOOST_AUTO_TEST_CASE(the_fullest_page_is_a_good_packet) {
  last_seen full{{1h, 100'000}};
  for (char first = 1; first < 100; ++first)
    for (char second = 1; second < 100; ++second)
      full.ended(std::string{first, second}, now);
  const auto page = full.read_after(0, {}, now);
  BOOST_TEST(!page.is_last);
  std::string bytes;
  wire::encode(wire::last_seen{page.keys, first_echo}, bytes);
  const auto read = wire::decode_last_seen(bytes);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->keys.size() == page.keys.size());
}

BOOST_AUTO_TEST_CASE(a_topic_that_ends_ends_on_all_peers) {
  meet(to_b, "b");
  does(core.send_end_topic("room:1"));
  BOOST_TEST(sent() == std::vector{wire::packet_kind::end_topic});
  take(to_b, wire::end_topic{"room:2"});
  BOOST_REQUIRE(all<deliver_end_topic>().size() == 1u);
  BOOST_TEST(all<deliver_end_topic>()[0].topic == "room:2");
  take(to_b, wire::end_topic{""});
  BOOST_TEST(bad_packets() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::crdt::test
