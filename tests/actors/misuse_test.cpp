// Calls from where they are seldom made, handles that are lost, and several
// runtimes side by side. docs/guide/misuse.md has a row for each case.
#include "tests/actors/one_node.hpp"
#include "tests/support/ends.hpp"
#include <rollcall/cluster.hpp>

#include <caf/blocking_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <future>
#include <optional>
#include <thread>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::ends;
using rollcall::test::obedient;
using rollcall::test::one_node;

namespace {

constexpr auto patience = 20s;

/// A runtime on an actor system with threads of its own.
struct threaded_node {
  threaded_node() : who{*presence::start(system)} {
  }

  caf::actor_system_config settings;
  caf::actor_system system{settings};
  presence who;
};

/// What a blocking actor got for a call: "ok", or the name of an error.
template <class Handle>
std::string answer_of(Handle handle) {
  std::string result = "silence";
  handle.receive(
      [&](const tracked&) { result = "ok"; },
      [&](const caf::error& wrong) { result = one_node::name(wrong); });
  return result;
}

using counter_actor
    = caf::typed_actor<caf::replies_to<caf::get_atom>::with<int>>;

counter_actor::behavior_type counter(counter_actor::pointer self,
                                     const presence& who) {
  who.track(self, "t", "typed", "{}")
      .then([](const tracked&) {}, [](const caf::error&) {});
  return {[who](caf::get_atom) {
    return static_cast<int>(who.count("t").presences);
  }};
}

/// Tells how many are in the topic, once the first snapshot has come.
caf::behavior waiting_subscriber(caf::event_based_actor*,
                                 std::promise<std::size_t>* came) {
  return {[came](const topic_snapshot_ptr& first) {
            came->set_value(first->presences.size());
          },
          [](const diff_ptr&) {}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(misuse_tests)

BOOST_AUTO_TEST_CASE(a_blocking_actor_receives_the_answer_of_its_call) {
  threaded_node node;
  std::promise<std::string> first;
  std::promise<std::string> second;
  node.system.spawn([&](caf::blocking_actor* self) {
    first.set_value(answer_of(node.who.track(self, "t", "k", "{}")));
    second.set_value(answer_of(node.who.track(self, "t", "k", "{}")));
  });
  BOOST_TEST(first.get_future().get() == "ok");
  BOOST_TEST(second.get_future().get() == "already_tracked");
  BOOST_TEST(!node.who.stop());
}

BOOST_AUTO_TEST_CASE(a_scoped_actor_is_an_owner_until_its_scope_ends) {
  threaded_node node;
  {
    caf::scoped_actor self{node.system};
    BOOST_TEST(answer_of(node.who.track(self.ptr(), "t", "k", "{}")) == "ok");
    node.who.subscribe(self.ptr(), "t")
        .receive([] {}, [](const caf::error&) {});
    std::size_t listed = 0;
    self->receive(
        [&](const topic_snapshot_ptr& told) {
          listed = told->presences.size();
        },
        caf::after(patience) >> [] {});
    BOOST_TEST(listed == 1u);
  }
  BOOST_TEST(node.who.count("t").presences == 0u);
  BOOST_TEST(!node.who.stop());
}

BOOST_AUTO_TEST_CASE(a_typed_actor_owns_presences_as_any_other) {
  one_node node;
  const auto typed = node.world.system().spawn(counter, node.who);
  const auto answer = std::make_shared<int>(0);
  node.in(node.owner(), [=](caf::event_based_actor* self) {
    self->request(typed, patience, caf::get_atom::value)
        .then([=](int presences) { *answer = presences; });
  });
  BOOST_TEST(*answer == 1);
  const auto owner = caf::actor_cast<caf::actor>(typed);
  BOOST_TEST(!!node.who.update(owner, "t", "typed", R"({"by":"thread"})"));
  node.kill(owner);
  BOOST_TEST(node.who.count("t").presences == 0u);
}

BOOST_AUTO_TEST_CASE(many_foreign_threads_may_call_at_once) {
  threaded_node node;
  const auto owner = node.system.spawn(obedient);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, key = std::to_string(i)] {
      for (int round = 0; round < 100; ++round) {
        node.who.track(owner, "t", key, "{}");
        node.who.update(owner, "t", key, R"({"n":1})");
        node.who.untrack(owner, "t", key);
      }
      node.who.track(owner, "t", key, "{}");
    });
  for (auto& each : threads)
    each.join();
  BOOST_TEST(node.who.count("t").presences == 4u);
  caf::anon_send_exit(owner, caf::exit_reason::kill);
  BOOST_TEST(!node.who.stop());
}

// Presences are the owners', and subscriptions the subscribers': no handle
// holds them.
BOOST_AUTO_TEST_CASE(the_runtime_goes_on_when_all_handles_are_dropped) {
  testing::deterministic_system world;
  const auto told = std::make_shared<test::transcript>();
  const auto owner = world.system().spawn(obedient);
  const auto listener = world.system().spawn(
      test::scribe, told, std::make_shared<test::replayed_view>());
  {
    auto dropped = *presence::start(world.system());
    BOOST_TEST(!!dropped.track(owner, "t", "k", "{}"));
    BOOST_TEST(!dropped.subscribe(listener, "t"));
  }
  world.settle();
  caf::anon_send_exit(owner, caf::exit_reason::kill);
  world.advance(config{}.diff_window);
  BOOST_TEST(*told == (test::transcript{"state k", "-k"}),
             boost::test_tools::per_element());
  caf::anon_send_exit(listener, caf::exit_reason::user_shutdown);
  world.settle();
}

BOOST_AUTO_TEST_CASE(a_dropped_handle_does_not_hold_up_the_actor_system) {
  const bool finished = ends([] {
    caf::actor_system_config settings;
    caf::actor_system system{settings};
    std::promise<std::size_t> came;
    const auto subscriber = system.spawn(waiting_subscriber, &came);
    BOOST_TEST(!(*presence::start(system)).subscribe(subscriber, "t"));
    BOOST_TEST(came.get_future().get() == 0u);
    caf::anon_send_exit(subscriber, caf::exit_reason::kill);
  });
  BOOST_REQUIRE(finished);
}

BOOST_AUTO_TEST_CASE(
    two_runtimes_in_one_actor_system_know_nothing_of_each_other) {
  one_node first;
  auto second = *presence::start(first.world.system());
  const auto owner = first.owner();
  BOOST_TEST(first.track(owner, "t", "k") != "already_tracked");
  BOOST_TEST(!!second.track(owner, "t", "k", R"({"in":"second"})"));
  BOOST_TEST(first.who.list("t").begin()->meta() == "{}");
  BOOST_TEST(second.list("t").begin()->meta() == R"({"in":"second"})");
  first.kill(owner);
  BOOST_TEST(first.who.count("t").presences == 0u);
  BOOST_TEST(second.count("t").presences == 0u);
  const auto other = first.owner();
  second.request_stop();
  first.world.settle();
  BOOST_TEST(!second.track(other, "t", "k", "{}"));
  BOOST_TEST(first.track(other, "t", "k") != "shard_unavailable");
}

BOOST_AUTO_TEST_CASE(two_actor_systems_in_one_process_have_a_runtime_each) {
  threaded_node first;
  threaded_node second;
  const auto here = first.system.spawn(obedient);
  const auto there = second.system.spawn(obedient);
  BOOST_TEST(!!first.who.track(here, "t", "k", "{}"));
  BOOST_TEST(!!second.who.track(there, "t", "k", "{}"));
  BOOST_TEST(!first.who.stop());
  BOOST_TEST(second.who.count("t").presences == 1u);
  for (const auto& owner : {here, there})
    caf::anon_send_exit(owner, caf::exit_reason::kill);
  BOOST_TEST(!second.who.stop());
}

// CAF gives all systems of a process that did not go through `configure` one
// node id.
BOOST_AUTO_TEST_CASE(an_actor_of_another_system_is_refused) {
  threaded_node here;
  threaded_node there;
  const auto elsewhere = there.system.spawn(obedient);
  BOOST_TEST((code_of(here.who.track(elsewhere, "t", "k", "{}").error())
              == ec::invalid_owner));
  for (const auto& problem :
       {here.who.subscribe(elsewhere, "t"), here.who.follow(elsewhere, {"k"}),
        here.who.watch_counts(elsewhere, "t")})
    BOOST_TEST((code_of(problem) == ec::invalid_owner));
  caf::anon_send_exit(elsewhere, caf::exit_reason::kill);
}

// Those that went through `configure` are nodes of their own to CAF, also in
// one process.
BOOST_AUTO_TEST_CASE(an_owner_that_lives_on_another_node_is_refused) {
  caf::actor_system_config here_settings;
  caf::actor_system_config there_settings;
  configure(here_settings);
  configure(there_settings);
  caf::actor_system here{here_settings};
  caf::actor_system there{there_settings};
  auto who = *presence::start(here);
  const auto elsewhere = there.spawn(obedient);
  const auto answer = who.track(elsewhere, "t", "k", "{}");
  BOOST_TEST_REQUIRE(!answer);
  BOOST_TEST(describe(answer.error())
             == "invalid_owner: the owner lives on another node; track it "
                "there");
  BOOST_TEST(who.count("t").presences == 0u);
  caf::anon_send_exit(elsewhere, caf::exit_reason::kill);
  BOOST_TEST(!who.stop());
}

BOOST_AUTO_TEST_SUITE_END()
