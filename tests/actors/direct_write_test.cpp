#include "tests/actors/fault.hpp"
#include "tests/actors/one_node.hpp"
#include "tests/support/silent_log.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::one_node;

namespace {

/// Calls as a plain thread makes them: nothing runs until the world is settled.
struct caller : one_node {
  std::string track_now(const caf::actor& owner, const std::string& topic,
                        const std::string& key,
                        const std::string& meta = "{}") {
    const auto done = who.track(owner, topic, key, meta);
    return done ? done->phx_ref() : name(done.error());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(direct_write_tests, caller)

BOOST_AUTO_TEST_CASE(a_track_is_listed_before_any_actor_has_run) {
  const auto ref = track_now(owner(), "room:1", "alice", R"({"a":1})");
  const auto listed = who.list("room:1");
  BOOST_TEST_REQUIRE(listed.size() == 1u);
  BOOST_TEST(listed.begin()->phx_ref() == ref);
  BOOST_TEST(listed.begin()->meta() == R"({"a":1})");
}

BOOST_AUTO_TEST_CASE(subscribers_are_told) {
  subscriber("room:1");
  const auto alice = owner();
  track_now(alice, "room:1", "alice");
  BOOST_TEST(!who.untrack(alice, "room:1", "alice"));
  world.settle();
  CHECK_TEXTS(*told, "state", "+alice", "-alice");
}

BOOST_AUTO_TEST_CASE(updates_answer_with_both_references) {
  const auto alice = owner();
  const auto first = track_now(alice, "room:1", "alice", R"({"v":1})");
  const auto second = who.update(alice, "room:1", "alice", R"({"v":2})");
  BOOST_TEST_REQUIRE(second.engaged());
  BOOST_TEST(second->phx_ref_prev() == first);
  const auto third = who.update(alice, "room:1", "alice", [](const entry& old) {
    return old.meta() == R"({"v":2})" ? R"({"v":3})"s : "{}"s;
  });
  BOOST_TEST_REQUIRE(third.engaged());
  BOOST_TEST(who.list("room:1").begin()->meta() == R"({"v":3})");
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_an_error_at_once) {
  const auto alice = owner();
  track_now(alice, "room:1", "alice");
  BOOST_TEST(track_now(alice, "room:1", "alice") == "already_tracked");
  BOOST_TEST(track_now(alice, "", "alice") == "invalid_topic");
  BOOST_TEST(track_now(alice, "room:1", "") == "invalid_key");
  BOOST_TEST(track_now(alice, "room:1", "bob", "[]") == "invalid_meta");
  BOOST_TEST(track_now({}, "room:1", "bob") == "invalid_owner");
  BOOST_TEST(name(who.update(alice, "room:1", "bob", "{}").error())
             == "not_tracked");
  BOOST_TEST(!who.untrack(alice, "room:1", "bob"));
  BOOST_TEST(name(who.subscribe({}, "room:1")) == "invalid_owner");
}

BOOST_AUTO_TEST_CASE(a_subscription_answers_with_the_snapshot) {
  track_now(owner(), "room:1", "alice");
  const auto bob = subscriber("room:2");
  BOOST_TEST(!who.subscribe(bob, "room:1"));
  world.settle();
  BOOST_TEST(told->back() == "state alice");
  BOOST_TEST(!who.unsubscribe(bob, "room:1"));
  track_now(owner(), "room:1", "carol");
  world.settle();
  BOOST_TEST(told->back() == "state alice");
}

BOOST_AUTO_TEST_CASE(presences_end_with_their_owner) {
  const auto alice = owner();
  track_now(alice, "room:1", "alice");
  track_now(alice, "room:2", "alice");
  world.settle();
  kill(alice);
  BOOST_TEST(who.stats().presences == 0u);
  BOOST_TEST(who.stats().owners == 0u);
}

BOOST_AUTO_TEST_CASE(an_owner_that_has_ended_is_refused) {
  const auto alice = owner();
  kill(alice);
  BOOST_TEST(track_now(alice, "room:1", "alice") == "invalid_owner");
  BOOST_TEST(name(who.subscribe(alice, "room:1")) == "invalid_owner");
  BOOST_TEST(who.count("room:1").presences == 0u);
}

BOOST_AUTO_TEST_CASE(an_owner_that_ended_well_before_does_not_linger) {
  auto alice = world.system().spawn(test::obedient);
  caf::anon_send(
      alice, test::task{[](caf::event_based_actor* self) { self->quit(); }});
  BOOST_TEST(who.track(alice, "room:1", "alice", "{}", {.linger_ms = 60'000})
                 .engaged());
  alice = {}; // It ends before the shard hears of it, and nobody holds it.
  world.settle();
  BOOST_TEST(who.count("room:1").presences == 0u);
}

BOOST_AUTO_TEST_CASE(an_owner_leaves_everywhere_at_once) {
  const auto alice = owner();
  for (const auto* topic : {"room:1", "room:2", "room:3"})
    track_now(alice, topic, "alice");
  BOOST_TEST(!who.untrack(alice));
  BOOST_TEST(who.stats().presences == 0u);
}

BOOST_AUTO_TEST_CASE(who_leaves_and_comes_again_is_still_watched) {
  const auto alice = owner();
  // The shard hears of all three at once, and must end up monitoring.
  track_now(alice, "room:1", "alice");
  who.untrack(alice, "room:1", "alice");
  track_now(alice, "room:1", "alice");
  world.settle();
  kill(alice);
  BOOST_TEST(who.stats().presences == 0u);
}

BOOST_AUTO_TEST_CASE(a_write_to_a_crashed_shard_is_kept_and_looked_after) {
  const test::silent_log quiet;
  const auto alice = owner();
  caf::anon_send_exit(testing::shard_of(who, "room:1"), caf::exit_reason::kill);
  track_now(owner(), "room:1", "bob"); // The news of it dies with the shard.
  track_now(alice, "room:1", "alice");
  world.settle();
  BOOST_TEST(who.stats().shard_restarts == 1u);
  BOOST_TEST(who.count("room:1").presences == 2u);
  const auto carol = owner();
  track_now(carol, "room:1", "carol"); // The fresh shard hears of it.
  world.settle();
  kill(alice);
  kill(carol);
  CHECK_TEXTS(keys("room:1"), "bob");
}

BOOST_AUTO_TEST_CASE(a_shard_that_stays_down_and_a_stopped_node_refuse) {
  const test::silent_log quiet;
  const auto limit = who.settings().restarts_max;
  for (std::size_t i = 0; i <= limit; ++i) {
    caf::anon_send_exit(testing::shard_of(who, "t"), caf::exit_reason::kill);
    world.settle();
  }
  BOOST_TEST(track_now(owner(), "t", "alice") == "shard_unavailable");
  BOOST_TEST(name(who.untrack(owner())) == "shard_unavailable");
  who.request_stop();
  world.settle();
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(track_now(owner(), "t" + std::to_string(i), "alice")
               == "shard_unavailable");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(direct_write_thread_tests)

BOOST_AUTO_TEST_CASE(threads_that_write_for_one_owner_leave_no_ghost) {
  caf::actor_system_config settings;
  caf::actor_system system{settings};
  auto who = *presence::start(system);
  for (int round = 0; round < 50; ++round) {
    const auto owner = system.spawn(test::obedient);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&, key = "key" + std::to_string(i)] {
        for (int step = 0; step < 200; ++step) {
          who.track(owner, "room:1", key, "{}");
          who.untrack(owner, "room:1", key);
        }
        who.track(owner, "room:1", key, "{}");
      });
    if (round % 2 == 0) // Else it dies in their midst.
      for (auto& each : threads)
        each.join();
    caf::anon_send_exit(owner, caf::exit_reason::kill);
    if (round % 2 != 0)
      for (auto& each : threads)
        each.join();
  }
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (who.stats().owners > 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  BOOST_TEST(who.stats().owners == 0u);
  BOOST_TEST(who.stats().presences == 0u);
  who.stop();
}

BOOST_AUTO_TEST_SUITE_END()
