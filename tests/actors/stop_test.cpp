// Stops in every order, under load. Real threads.
#include "tests/actors/one_node.hpp"
#include "tests/support/busy_threads.hpp"
#include "tests/support/ends.hpp"
#include "tests/support/silent_log.hpp"
#include <rollcall/scoped.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <optional>
#include <thread>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::busy_threads;
using rollcall::test::ends;
using rollcall::test::one_node;
using rollcall::test::rounds;

namespace {

struct idle_hooks : hooks {};

hooks_factory with_hooks(bool wanted) {
  if (!wanted)
    return {};
  return [] { return std::make_unique<idle_hooks>(); };
}

/// An owner that cares about nothing.
caf::behavior indifferent(caf::event_based_actor* self) {
  self->set_default_handler(caf::drop);
  return {[](int) {}};
}

/// Tracks and watches again and again, until it is killed.
caf::behavior restless(caf::event_based_actor* self, const presence& who) {
  self->set_default_handler(caf::drop);
  self->send(self, 0);
  return {[=](int number) {
    const auto drop = [](const caf::error&) {};
    for (int i = 0; i < 20; ++i)
      who.track(self, "t" + std::to_string(number % 100),
                std::to_string(self->id()) + ' ' + std::to_string(number) + ' '
                    + std::to_string(i),
                "{}")
          .then([](const tracked&) {}, drop);
    who.watch_counts(self, "*", 10ms).then([] {}, drop);
    who.watch_range(self, "t1", 0, 9, 10ms).then([] {}, drop);
    self->send(self, number + 1);
  }};
}

/// Threads that go on calling, whatever happens.
struct callers : busy_threads {
  callers(presence who, caf::actor owner)
      : busy_threads{3, [&](int i) {
                       auto event = std::make_shared<topic_event>();
                       event->topic = "t" + std::to_string(i);
                       return [who, owner, event] {
                         who.track(owner, event->topic, "k", "{}");
                         who.subscribe(owner, event->topic);
                         who.broadcast(event);
                         who.update(owner, event->topic, "k",
                                    [](const entry&) { return "{}"s; });
                         who.tell(event->topic, "k", caf::make_message(1));
                         who.untrack(owner);
                       };
                     }} {
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(stop_tests)

BOOST_AUTO_TEST_CASE(threads_that_track_during_the_stop_get_an_error) {
  for (int round = 0; round < rounds(20); ++round) {
    const bool finished = ends([round] {
      caf::actor_system_config settings;
      caf::actor_system system{settings};
      auto who = *presence::start(system, {}, with_hooks(round % 2 == 1));
      const auto owner = system.spawn(indifferent);
      {
        const callers load{who, owner};
        who.stop();
      }
      caf::anon_send_exit(owner, caf::exit_reason::kill);
    });
    BOOST_REQUIRE(finished);
  }
}

BOOST_AUTO_TEST_CASE(several_threads_may_stop_at_once) {
  for (int round = 0; round < rounds(20); ++round) {
    const bool finished = ends([] {
      caf::actor_system_config settings;
      caf::actor_system system{settings};
      auto who = *presence::start(system);
      std::vector<std::thread> stoppers;
      for (int i = 0; i < 4; ++i)
        stoppers.emplace_back([who]() mutable { who.stop(); });
      for (auto& each : stoppers)
        each.join();
    });
    BOOST_REQUIRE(finished);
  }
}

BOOST_AUTO_TEST_CASE(the_actor_system_ends_though_nobody_stopped) {
  for (int round = 0; round < rounds(20); ++round) {
    const bool finished = ends([round] {
      caf::actor_system_config settings;
      std::optional<presence> outlives;
      {
        caf::actor_system system{settings};
        auto who = *presence::start(system, {}, with_hooks(round % 2 == 1));
        if (round % 3 == 0)
          outlives = who;
        const auto owner = system.spawn(indifferent);
        if (round % 5 != 0)
          who.track(owner, "t", "k", "{}");
        who.subscribe(owner, "t");
        caf::anon_send_exit(owner, caf::exit_reason::kill);
      }
    });
    BOOST_REQUIRE(finished);
  }
}

// What watchers are told is read from shards that nobody holds any more.
BOOST_AUTO_TEST_CASE(the_actor_system_ends_while_watchers_are_told) {
  for (int round = 0; round < rounds(20); ++round) {
    const bool finished = ends([round] {
      caf::actor_system_config settings;
      settings.set("scheduler.max-threads", std::size_t{3});
      caf::actor_system system{settings};
      auto who = *presence::start(system);
      std::vector<caf::actor> watchers;
      for (int i = 0; i < 4; ++i)
        watchers.push_back(system.spawn(restless, who));
      while (who.count("t1").presences < 100)
        std::this_thread::yield();
      if (round % 2 == 0)
        who.request_stop();
      for (const auto& one : watchers)
        caf::anon_send_exit(one, caf::exit_reason::kill);
    });
    BOOST_REQUIRE(finished);
  }
}

BOOST_AUTO_TEST_CASE(a_subscriber_that_nobody_else_holds_ends_with_the_stop) {
  const bool finished = ends([] {
    caf::actor_system_config settings;
    caf::actor_system system{settings};
    auto who = *presence::start(system);
    who.subscribe(system.spawn(indifferent), "t");
    who.follow(system.spawn(indifferent), {"k"});
    who.watch_counts(system.spawn(indifferent), "*");
    who.watch_range(system.spawn(indifferent), "t", 0, 9);
    BOOST_TEST(system.registry().running() >= 4u);
    who.stop();
  });
  BOOST_REQUIRE(finished);
}

// Presence, its shard, the subscriber in there, and back: a circle that only
// the end can break.
BOOST_AUTO_TEST_CASE(a_subscriber_that_holds_the_presence_ends_with_it) {
  for (const bool stops : {true, false}) {
    std::weak_ptr<int> kept;
    const bool finished = ends([&kept, stops] {
      const auto held = std::make_shared<int>();
      kept = held;
      caf::actor_system_config settings;
      caf::actor_system system{settings};
      auto who = *presence::start(system);
      who.subscribe(system.spawn<caf::hidden>(
                        [who, held](caf::event_based_actor*) -> caf::behavior {
                          return {[who, held](const topic_snapshot_ptr&) {},
                                  [](const diff_ptr&) {}};
                        }),
                    "t");
      if (stops)
        who.stop();
    });
    BOOST_REQUIRE(finished);
    BOOST_TEST(kept.expired());
  }
}

BOOST_AUTO_TEST_CASE(a_stop_inside_an_actor_begins_and_says_that_it_waits_not) {
  for (const int threads : {1, 2}) {
    const bool finished = ends([threads] {
      caf::actor_system_config settings;
      settings.set("scheduler.max-threads", std::size_t(threads));
      caf::actor_system system{settings};
      auto who = *presence::start(system);
      std::promise<std::string> answer;
      system.spawn([&](caf::event_based_actor*) {
        answer.set_value(one_node::name(who.stop()));
      });
      BOOST_TEST(answer.get_future().get() == "inside_actor");
      BOOST_TEST(!who.stop());
    });
    BOOST_REQUIRE(finished);
  }
}

BOOST_AUTO_TEST_CASE(a_stop_inside_a_hook_begins_and_says_that_it_waits_not) {
  struct stopping_hooks : hooks {
    explicit stopping_hooks(std::promise<std::string>& to, presence& handle)
        : answer{to},
          who{handle} {
    }
    void on_diff(const diff&) override {
      answer.set_value(one_node::name(who.stop()));
    }
    std::promise<std::string>& answer;
    presence& who;
  };
  const bool finished = ends([] {
    caf::actor_system_config settings;
    caf::actor_system system{settings};
    std::promise<std::string> answer;
    presence who;
    who = *presence::start(system, {}, [&] {
      return std::make_unique<stopping_hooks>(answer, who);
    });
    const auto owner = system.spawn(indifferent);
    who.track(owner, "t", "k", "{}");
    BOOST_TEST(answer.get_future().get() == "inside_actor");
    BOOST_TEST(!who.stop());
    caf::anon_send_exit(owner, caf::exit_reason::kill);
  });
  BOOST_REQUIRE(finished);
}

BOOST_AUTO_TEST_CASE(a_scope_stops_what_it_holds_on_an_early_return) {
  const bool finished = ends([] {
    caf::actor_system_config settings;
    caf::actor_system system{settings};
    const auto fails_early = [&] {
      scoped who{*presence::start(system, {}, with_hooks(true))};
      return who->count("t").presences;
    };
    BOOST_TEST(fails_early() == 0u);
  });
  BOOST_REQUIRE(finished);
}

BOOST_AUTO_TEST_CASE(a_list_that_waits_for_init_ends_with_the_stop) {
  const bool finished = ends([] {
    testing::deterministic_system world; // Nobody runs, so no init either.
    auto who = *presence::start(world.system(), {}, with_hooks(true));
    const auto owner = world.system().spawn(test::obedient);
    who.track(owner, "t", "k", "{}");
    std::thread reader{[who] { static_cast<void>(who.fetch_list("t")); }};
    who.request_stop();
    reader.join();
    caf::anon_send_exit(owner, caf::exit_reason::kill);
    world.settle();
  });
  BOOST_REQUIRE(finished);
}

BOOST_AUTO_TEST_SUITE_END()
