#include "tests/actors/one_node.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/silent_log.hpp"

#include <caf/scoped_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <thread>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::one_node;
using names = std::vector<std::string>;

namespace {

/// Handles nothing that a subscriber gets; answers it with CAF's error.
caf::behavior deaf(caf::event_based_actor* self) {
  self->set_default_handler(caf::drop);
  return {[](int) {}};
}

/// Has handlers, and answers each with an error of its own.
caf::behavior refusing(caf::event_based_actor*) {
  const auto no = [](const auto&) -> caf::result<void> {
    return caf::sec::runtime_error;
  };
  return {[no](const topic_snapshot_ptr& x) { return no(x); },
          [no](const diff_ptr& x) { return no(x); },
          [no](const topic_event_ptr& x) { return no(x); }};
}

caf::behavior throwing(caf::event_based_actor*) {
  return {[](const diff_ptr&) { throw std::runtime_error{"no"}; },
          [](const topic_snapshot_ptr&) {}, [](const topic_event_ptr&) {}};
}

caf::behavior slow(caf::event_based_actor*) {
  return {[](const diff_ptr&) {
            const auto end = std::chrono::steady_clock::now() + 2ms;
            while (std::chrono::steady_clock::now() < end)
              std::this_thread::yield();
          },
          [](const topic_snapshot_ptr&) {}, [](const topic_event_ptr&) {}};
}

topic_event_ptr event_of(const std::string& topic) {
  auto result = std::make_shared<topic_event>();
  result->topic = topic;
  result->event = "ping";
  result->payload = "{}";
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(misbehaving_subscriber_tests, one_node)

BOOST_AUTO_TEST_CASE(a_subscriber_without_handlers_silences_nobody) {
  const test::silent_log quiet;
  for (int i = 0; i < 3; ++i)
    subscribe(world.system().spawn(deaf), "t");
  subscribe(world.system().spawn(refusing), "t");
  subscriber("t");
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(!who.broadcast(event_of("t")));
  track(owner(), "t", "alice");
  world.settle();
  BOOST_TEST(who.stats().dispatcher_restarts == 0u);
  BOOST_TEST(told->size() == 22u);
  BOOST_TEST(told->back() == "+alice");
}

// Goal: subscribers that misbehave cost the others nothing.
// Method: real threads; handlers that are missing, that fail, that throw, that
// are slow, and actors that end, beside as many that replay what they hear and
// must end up with the truth. For ROLLCALL_TEST_SECONDS, 1 by default.
BOOST_AUTO_TEST_CASE(good_subscribers_see_the_truth_beside_bad_ones) {
  const test::silent_log quiet;
  const auto* asked = std::getenv("ROLLCALL_TEST_SECONDS");
  const auto seconds = std::chrono::seconds{asked ? std::atoi(asked) : 1};
  caf::actor_system_config settings;
  caf::actor_system system{settings};
  auto node = *presence::start(system, quiet_config());
  std::vector<caf::actor> spawned;
  std::vector<std::shared_ptr<test::transcript>> heard;
  std::vector<std::shared_ptr<test::replayed_view>> views;
  const auto add = [&](caf::actor what) {
    BOOST_TEST(!node.subscribe(what, "t"));
    spawned.push_back(std::move(what));
  };
  for (int i = 0; i < 4; ++i) {
    add(system.spawn(deaf));
    add(system.spawn(refusing));
    add(system.spawn(throwing));
    add(system.spawn(slow));
    add(system.spawn(test::obedient));
    caf::anon_send_exit(spawned.back(), caf::exit_reason::kill);
  }
  for (int i = 0; i < 20; ++i) {
    heard.push_back(std::make_shared<test::transcript>());
    views.push_back(std::make_shared<test::replayed_view>());
    add(system.spawn(test::scribe, heard.back(), views.back()));
  }
  std::mt19937_64 random{rollcall::test::seed()};
  const auto owner = system.spawn(test::obedient);
  const auto start = std::chrono::steady_clock::now();
  for (int done = 0; std::chrono::steady_clock::now() - start < seconds;
       ++done) { // 1000 changes a second
    const auto key = "key" + std::to_string(random() % 50);
    if (!node.track(owner, "t", key, "{}"))
      BOOST_TEST(!node.untrack(owner, "t", key));
    std::this_thread::sleep_until(start + done * 1ms);
  }
  // Everybody has heard everything once this event arrives, which comes last.
  BOOST_TEST(!node.broadcast(event_of("t")));
  caf::scoped_actor self{system};
  std::vector<std::string> truth;
  for (const auto& each : node.list("t"))
    truth.push_back(each.phx_ref());
  std::sort(truth.begin(), truth.end());
  for (std::size_t i = 0; i < heard.size(); ++i) {
    const auto& scribe = spawned[spawned.size() - heard.size() + i];
    bool is_there = false;
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (!is_there && std::chrono::steady_clock::now() < end) {
      const auto looked = std::make_shared<std::atomic<int>>(0);
      caf::anon_send(scribe, test::task{[&, looked](caf::event_based_actor*) {
                       *looked = heard[i]->back() == "event ping" ? 2 : 1;
                       looked->notify_all();
                     }});
      looked->wait(0);
      is_there = *looked == 2;
    }
    BOOST_TEST(is_there);
    BOOST_TEST(std::count(heard[i]->begin(), heard[i]->end(), "impossible")
               == 0);
    auto seen = views[i]->refs;
    std::sort(seen.begin(), seen.end());
    BOOST_TEST(seen == truth, boost::test_tools::per_element());
  }
  BOOST_TEST(node.stats().dispatcher_restarts == 0u);
  BOOST_TEST(node.stats().shard_restarts == 0u);
  for (const auto& each : spawned)
    caf::anon_send_exit(each, caf::exit_reason::kill);
  caf::anon_send_exit(owner, caf::exit_reason::kill);
  node.stop();
}

BOOST_AUTO_TEST_SUITE_END()
