#include "tests/actors/one_node.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::one_node;

BOOST_FIXTURE_TEST_SUITE(presence_tests, one_node)

BOOST_AUTO_TEST_CASE(a_tracked_key_is_listed_with_the_reference_answered) {
  const auto ref = track(owner(), "room:1", "alice", R"({"level":3})");
  const auto listed = who.list("room:1");
  BOOST_REQUIRE(listed.size() == 1u);
  BOOST_TEST(listed.begin()->key() == "alice");
  BOOST_TEST(listed.begin()->meta() == R"({"level":3})");
  BOOST_TEST(listed.begin()->phx_ref() == ref);
  BOOST_TEST(listed.begin()->phx_ref_prev().empty());
}

BOOST_AUTO_TEST_CASE(one_key_may_have_several_owners) {
  track(owner(), "room:1", "alice");
  track(owner(), "room:1", "alice");
  BOOST_TEST(who.get_by_key("room:1", "alice").size() == 2u);
  BOOST_TEST(who.count("room:1").presences == 2u);
  BOOST_TEST(who.count("room:1").keys == 1u);
}

BOOST_AUTO_TEST_CASE(reads_of_an_unknown_topic_are_empty) {
  BOOST_TEST(who.list("nowhere").empty());
  BOOST_TEST(who.get_by_key("nowhere", "alice").empty());
  BOOST_TEST(who.count("nowhere").presences == 0u);
}

BOOST_AUTO_TEST_CASE(
    tracking_twice_is_refused_but_another_key_or_topic_is_not) {
  const auto alice = owner();
  track(alice, "room:1", "alice");
  BOOST_TEST(track(alice, "room:1", "alice") == "already_tracked");
  BOOST_TEST(track(alice, "room:1", "alice2") != "already_tracked");
  BOOST_TEST(track(alice, "room:2", "alice") != "already_tracked");
  BOOST_TEST(who.count("room:1").presences == 2u);
}

BOOST_AUTO_TEST_CASE(an_update_gets_a_new_reference_and_names_the_old_one) {
  const auto alice = owner();
  const auto first = track(alice, "room:1", "alice", R"({"v":1})");
  const auto [second, before] = update(alice, "room:1", "alice", R"({"v":2})"s);
  BOOST_TEST(second != first);
  BOOST_TEST(before == first);
  const auto listed = who.list("room:1");
  BOOST_REQUIRE(listed.size() == 1u);
  BOOST_TEST(listed.begin()->meta() == R"({"v":2})");
  BOOST_TEST(listed.begin()->phx_ref_prev() == first);
}

BOOST_AUTO_TEST_CASE(an_update_may_be_a_function_of_the_current_meta) {
  const auto alice = owner();
  track(alice, "room:1", "alice", R"({"v":1})");
  update(alice, "room:1", "alice", update_function{[](const entry& current) {
           auto meta = std::string{current.meta()};
           return meta.insert(1, R"("old":true,)");
         }});
  BOOST_TEST(who.list("room:1").begin()->meta() == R"({"old":true,"v":1})");
}

BOOST_AUTO_TEST_CASE(an_update_function_that_throws_changes_nothing) {
  const auto alice = owner();
  const auto ref = track(alice, "room:1", "alice");
  const auto answer = update(alice, "room:1", "alice",
                             update_function{[](const entry&) -> std::string {
                               throw std::runtime_error{"no idea"};
                             }});
  BOOST_TEST(answer.first == "invalid_meta");
  BOOST_TEST(who.list("room:1").begin()->phx_ref() == ref);
}

BOOST_AUTO_TEST_CASE(an_update_of_nothing_is_not_tracked) {
  BOOST_TEST(update(owner(), "room:1", "alice", "{}"s).first == "not_tracked");
}

BOOST_AUTO_TEST_CASE(untracking_nothing_is_fine) {
  untrack(owner(), "room:1", "alice");
  BOOST_TEST(who.list("room:1").empty());
}

BOOST_AUTO_TEST_CASE(untracking_the_last_topic_ends_the_monitor_of_the_owner) {
  const auto alice = owner();
  track(alice, "room:1", "alice");
  track(alice, "room:2", "alice");
  untrack(alice, "room:1", "alice");
  BOOST_TEST(who.list("room:1").empty());
  BOOST_TEST(who.list("room:2").size() == 1u);
  untrack(alice, "room:2", "alice");
  BOOST_TEST(who.stats().owners == 0u);
}

BOOST_AUTO_TEST_CASE(an_owner_can_leave_everywhere_at_once) {
  const auto alice = owner();
  const auto bob = owner();
  for (const auto* topic : {"a", "b", "c", "d", "e", "f"})
    track(alice, topic, "alice");
  track(bob, "a", "bob");
  untrack(alice);
  BOOST_TEST(who.stats().presences == 1u);
  CHECK_TEXTS(keys("a"), "bob");
}

BOOST_AUTO_TEST_CASE(a_killed_owner_is_gone_from_every_topic) {
  const auto alice = owner();
  for (const auto* topic : {"a", "b", "c", "d", "e", "f"})
    track(alice, topic, "alice");
  kill(alice);
  BOOST_TEST(who.stats().presences == 0u);
  BOOST_TEST(who.stats().owners == 0u);
}

BOOST_AUTO_TEST_CASE(an_owner_that_quits_is_gone_as_well) {
  const auto alice = owner();
  track(alice, "room:1", "alice");
  in(alice, [](caf::event_based_actor* self) { self->quit(); });
  BOOST_TEST(who.list("room:1").empty());
}

BOOST_AUTO_TEST_CASE(an_owner_that_throws_is_gone_as_well) {
  const auto alice = owner();
  track(alice, "room:1", "alice");
  in(alice, [](caf::event_based_actor*) { throw std::runtime_error{"oh"}; });
  BOOST_TEST(who.list("room:1").empty());
}

BOOST_AUTO_TEST_CASE(an_owner_that_was_dead_before_it_was_tracked_leaves) {
  const auto alice = owner();
  subscriber("room:1");
  caf::anon_send(alice,
                 rollcall::test::task{[this](caf::event_based_actor* self) {
                   who.track(self, "room:1", "alice", "{}");
                   self->quit(); // dead before the shard reads the request
                 }});
  world.settle();
  BOOST_TEST(who.list("room:1").empty());
  CHECK_TEXTS(*told, "state", "+alice", "-alice");
}

BOOST_AUTO_TEST_CASE(a_snapshot_does_not_change_after_it_was_taken) {
  const auto alice = owner();
  track(alice, "room:1", "alice");
  const auto before = who.list("room:1");
  kill(alice);
  BOOST_TEST(before.size() == 1u);
  BOOST_TEST(before.begin()->key() == "alice");
}

BOOST_AUTO_TEST_CASE(presences_are_read_in_pages_from_everywhere) {
  const auto ann = owner();
  for (const auto* key : {"alice", "bob", "carol"})
    track(ann, "room", key);
  const auto first = who.page("room", 2);
  BOOST_TEST(first.presences.size() == 2u);
  BOOST_TEST(first.next == "bob");
  BOOST_TEST(first.now.presences == 3u);
  in(ann, [this](caf::event_based_actor*) {
    const auto rest = who.page("room", 2, "bob");
    BOOST_TEST(rest.presences.at(0)->key() == "carol");
    BOOST_TEST(rest.next.empty());
  });
  BOOST_TEST(who.page("nowhere", 2).presences.empty());
  BOOST_TEST(presence{}.page("room", 2).presences.empty());
}

BOOST_AUTO_TEST_CASE(topics_are_listed_in_pages) {
  const auto alice = owner();
  for (const auto* topic : {"c", "a", "d", "b"})
    track(alice, topic, "alice");
  const auto first = who.topics(3);
  BOOST_REQUIRE(first.size() == 3u);
  BOOST_TEST(first[0].first == "a");
  BOOST_TEST(first[2].first == "c");
  const auto rest = who.topics(3, first.back().first);
  BOOST_REQUIRE(rest.size() == 1u);
  BOOST_TEST(rest[0].first == "d");
  BOOST_TEST(rest[0].second.presences == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

// Pool sizes of the reference: what holds for one shard holds for many.
BOOST_AUTO_TEST_SUITE(shard_count_tests)

BOOST_AUTO_TEST_CASE(any_number_of_shards_gives_the_same_answers) {
  for (const std::uint16_t shards : std::vector<std::uint16_t>{1, 2, 8, 256}) {
    BOOST_TEST_CONTEXT("shards: " << shards) {
      auto settings = one_node::quiet_config();
      settings.shard_count = shards;
      one_node node{settings};
      const auto alice = node.owner();
      for (int i = 0; i < 100; ++i)
        node.track(alice, "topic" + std::to_string(i), "alice");
      BOOST_TEST(node.who.stats().topics == 100u);
      const auto ref = node.who.list("topic7").begin()->phx_ref();
      const auto [next, before]
          = node.update(alice, "topic7", "alice", "{\"x\":1}"s);
      BOOST_TEST(before == ref);
      node.untrack(alice, "topic8", "alice");
      BOOST_TEST(node.who.stats().presences == 99u);
      node.untrack(alice);
      BOOST_TEST(node.who.stats().presences == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_bound_is_refused_by_name_value_and_range) {
  testing::deterministic_system world;
  config settings;
  settings.shard_count = 0;
  const auto started = presence::start(world.system(), settings);
  BOOST_REQUIRE(!started);
  BOOST_TEST(describe(started.error())
             == "invalid_config: shard_count is 0; allowed: 1 to 256");
}

BOOST_AUTO_TEST_CASE(a_full_topic_refuses_one_more) {
  auto settings = one_node::quiet_config();
  settings.presences_per_topic_max = 2;
  one_node node{settings};
  node.track(node.owner(), "room:1", "a");
  BOOST_TEST(node.track(node.owner(), "room:1", "b") != "too_many_presences");
  BOOST_TEST(node.track(node.owner(), "room:1", "c") == "too_many_presences");
  BOOST_TEST(node.track(node.owner(), "room:2", "c") != "too_many_presences");
}

BOOST_AUTO_TEST_SUITE_END()
