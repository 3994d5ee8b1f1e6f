// What a test must not ask of the kit, and what the kit says then; and what an
// actor may not wait for.
#include "tests/support/contains.hpp"
#include "tests/support/last_words.hpp"
#include "tests/testing/players.hpp"
#include <rollcall/error.hpp>
#include <rollcall/testing/cluster.hpp>
#include <rollcall/testing/deterministic_system.hpp>
#include <rollcall/testing/subscriber.hpp>

#include <caf/send.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace std::literals;
using namespace rollcall;
using namespace rollcall::test;

namespace {

/// Does what it is told to, once.
caf::actor doing(caf::actor_system& system, std::function<void()> work) {
  const auto result = system.spawn([work](caf::event_based_actor*) {
    return caf::behavior{[work](caf::ok_atom) { work(); }};
  });
  caf::anon_send(result, caf::ok_atom::value);
  return result;
}

std::string answer_of(presence who) {
  const auto answer = who.stop();
  return answer ? std::string{to_string(code_of(answer))} : "ended";
}

/// What the kit says of a call to a cluster of two.
std::string refusal(const std::function<void(testing::cluster&)>& call) {
  return last_words([&] {
    testing::cluster world{2};
    call(world);
  });
}

/// What the kit says when an actor of node 0 makes that call.
std::string refusal_inside(const std::function<void(testing::cluster&)>& call) {
  return refusal([&](testing::cluster& world) {
    const auto actor = doing(world[0].system(), [&] { call(world); });
    world.settle();
  });
}

/// Stops its presence when it is told of a diff.
struct stopping_hooks : hooks {
  stopping_hooks(presence& handle, std::string& told)
      : who{handle},
        answer{told} {
  }
  void on_diff(const diff&) override {
    answer = answer_of(who);
  }
  presence& who;
  std::string& answer;
};

} // namespace

BOOST_AUTO_TEST_SUITE(testing_misuse_tests)

BOOST_AUTO_TEST_CASE(a_stop_inside_an_actor_of_the_kit_runs_nobody_else) {
  testing::deterministic_system world;
  auto who = *presence::start(world.system());
  std::string answer;
  bool others_ran = false;
  bool others_ran_inside = false;
  const auto one = doing(world.system(), [&] {
    answer = answer_of(who);
    others_ran_inside = others_ran;
  });
  const auto other = doing(world.system(), [&] { others_ran = true; });
  world.settle();
  BOOST_TEST(answer == "inside_actor");
  BOOST_TEST(!others_ran_inside);
  BOOST_TEST(others_ran);
  BOOST_TEST((code_of(who.track(one, "arena", "ann", "{}").error())
              == ec::shard_unavailable));
  BOOST_TEST(!who.stop());
}

BOOST_AUTO_TEST_CASE(a_stop_inside_a_hook_of_the_kit_begins) {
  testing::deterministic_system world;
  presence who;
  std::string answer;
  who = *presence::start(world.system(), {}, [&] {
    return std::make_unique<stopping_hooks>(who, answer);
  });
  const auto owner = doing(world.system(), [] {});
  who.track(owner, "arena", "ann", "{}");
  world.settle();
  BOOST_TEST(answer == "inside_actor");
  BOOST_TEST(!who.stop());
}

BOOST_AUTO_TEST_CASE(an_actor_of_a_node_may_begin_the_end_of_its_presence) {
  testing::cluster world{2};
  testing::subscriber diffs{world[1], "arena"};
  enter(world[0], "ann");
  BOOST_TEST(diffs.await_join("ann"));
  std::string answer;
  const auto actor = doing(world[0].system(),
                           [&] { answer = answer_of(world[0].presence()); });
  BOOST_TEST(diffs.await_leave("ann", 200ms));
  BOOST_TEST(answer == "inside_actor");
}

BOOST_AUTO_TEST_CASE(an_actor_may_kill_and_restart_another_node) {
  testing::cluster world{3};
  enter(world[1], "ann");
  world.settle();
  const auto kills = doing(world[0].system(), [&] { world.kill(1); });
  world.settle();
  BOOST_TEST(!world[1].is_running());
  BOOST_TEST(world.await_whole());
  BOOST_TEST(world[0].keys("arena").empty());
  const auto restarts = doing(world[0].system(), [&] { world.restart(1); });
  world.settle();
  BOOST_TEST(world.await_whole());
}

BOOST_AUTO_TEST_CASE(an_actor_that_ends_its_own_node_is_refused) {
  const auto words = "an actor of node-0 asked for the end of node-0"s;
  BOOST_TEST(
      contains(refusal_inside([](auto& world) { world.kill(0); }), words));
  BOOST_TEST(
      contains(refusal_inside([](auto& world) { world.stop(0); }), words));
  const auto by_another = [](auto& world) {
    const auto other = doing(world[1].system(), [&] { world.kill(0); });
    world.settle();
  };
  BOOST_TEST(contains(refusal_inside(by_another), words));
}

BOOST_AUTO_TEST_CASE(an_actor_that_ends_its_own_system_is_refused) {
  const auto words = last_words([] {
    testing::deterministic_system world;
    const auto actor = doing(world.system(), [&] { world.end_actors(); });
    world.settle();
  });
  BOOST_TEST(contains(words, "an actor asked for the end of its actor system"));
}

BOOST_AUTO_TEST_CASE(time_does_not_go_back) {
  const auto back = "time does not go back"s;
  const auto never = [] { return false; };
  BOOST_TEST(contains(refusal([](auto& world) { world.advance(-5s); }),
                      "advance, -5000 ms: " + back));
  BOOST_TEST(contains(refusal([&](auto& world) { world.await(never, -1ms); }),
                      "await, -1 ms: " + back));
  BOOST_TEST(contains(refusal([](auto& world) { world.await_whole(-1ms); }),
                      "await, -1 ms: " + back));
  BOOST_TEST(contains(refusal([](auto& world) { world.delay(0, 1, -1ms); }),
                      "delay, -1 ms: " + back));
  const auto single = [] {
    testing::deterministic_system world;
    world.advance(-1ms);
  };
  BOOST_TEST(contains(last_words(single), "advance, -1000000 ns: " + back));
}

BOOST_AUTO_TEST_CASE(time_that_passes_inside_of_a_wait_is_not_taken_back) {
  testing::cluster world{2};
  const auto start = world.now();
  world.await(
      [&] {
        world.advance(3s);
        return false;
      },
      1s);
  BOOST_TEST((world.now() - start >= 3s));
  enter(world[0], "ann");
  world.settle();
  BOOST_TEST(world[1].keys("arena").size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_longest_of_times_is_for_ever) {
  testing::cluster world{2};
  const auto for_ever = testing::cluster::duration::max();
  BOOST_TEST(world.await([&] { return world.now() > 5s; }, for_ever));
  world.delay(0, 1, for_ever);
  enter(world[0], "ann");
  world.advance(60s);
  BOOST_TEST(world[1].keys("arena").empty());
}

BOOST_AUTO_TEST_CASE(a_node_that_is_not_there_is_named) {
  const std::vector<
      std::pair<std::string, std::function<void(testing::cluster&)>>>
      calls{
          {"operator[]", [](auto& world) { static_cast<void>(world[2]); }},
          {"cut", [](auto& world) { world.cut(2); }},
          {"cut", [](auto& world) { world.cut(0, 2); }},
          {"cut", [](auto& world) { world.cut(2, 0); }},
          {"heal", [](auto& world) { world.heal(2); }},
          {"heal", [](auto& world) { world.heal(0, 2); }},
          {"delay", [](auto& world) { world.delay(0, 2, 5ms); }},
          {"kill", [](auto& world) { world.kill(2); }},
          {"stop", [](auto& world) { world.stop(2); }},
          {"restart", [](auto& world) { world.restart(2); }},
      };
  for (const auto& [name, call] : calls)
    BOOST_TEST(contains(refusal(call), name
                                           + ": there is no node 2, the "
                                             "cluster has 2"));
}

BOOST_AUTO_TEST_SUITE_END()
