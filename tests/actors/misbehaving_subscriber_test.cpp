#include "tests/actors/one_node.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/silent_log.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <future>
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

/// Takes two milliseconds for what comes each. It has a thread of its own: four
/// of them would hold CAF's four threads, whatever they are sent, and good
/// subscribers would wait for CAF and not for us.
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

BOOST_AUTO_TEST_SUITE_END()

namespace {

std::chrono::seconds duration_of_test() {
  const auto* asked = std::getenv("ROLLCALL_TEST_SECONDS");
  return std::chrono::seconds{asked ? std::atoi(asked) : 1};
}

/// A node on real threads, whose one topic has good and bad subscribers.
struct crowded_topic : test::silent_log {
  crowded_topic() {
    for (int i = 0; i < 4; ++i) {
      add(system.spawn(deaf));
      add(system.spawn(refusing));
      add(system.spawn(throwing));
      add(system.spawn<caf::detached>(slow));
      add(system.spawn(test::obedient));
      caf::anon_send_exit(spawned.back(), caf::exit_reason::kill);
    }
    for (int i = 0; i < 20; ++i) {
      good.push_back({std::make_shared<test::transcript>(),
                      std::make_shared<test::replayed_view>()});
      add(system.spawn(test::scribe, good.back().heard, good.back().view));
      good.back().actor = spawned.back();
    }
  }

  ~crowded_topic() {
    for (const auto& each : spawned)
      caf::anon_send_exit(each, caf::exit_reason::kill);
    who.stop();
  }

  void add(caf::actor subscriber) {
    BOOST_TEST(!who.subscribe(subscriber, "t"));
    spawned.push_back(std::move(subscriber));
  }

  /// 1000 changes a second, if the machine lets it. @returns how many.
  int change_for(std::chrono::seconds time) {
    std::mt19937_64 random{rollcall::test::seed()};
    const auto owner = system.spawn(test::obedient);
    spawned.push_back(owner);
    const auto start = std::chrono::steady_clock::now();
    int i = 0;
    for (; std::chrono::steady_clock::now() - start < time; ++i) {
      const auto key = "key" + std::to_string(random() % 50);
      if (!who.track(owner, "t", key, "{}"))
        BOOST_TEST(!who.untrack(owner, "t", key));
      std::this_thread::sleep_until(start + i * 1ms);
    }
    return i;
  }

  std::vector<std::string> truth() {
    std::vector<std::string> result;
    for (const auto& each : who.list("t"))
      result.push_back(each.phx_ref());
    std::sort(result.begin(), result.end());
    return result;
  }

  struct good_one {
    std::shared_ptr<test::transcript> heard;
    std::shared_ptr<test::replayed_view> view;
    caf::actor actor{};

    /// Whether it has heard an event that comes after everything else.
    bool has_heard_the_end() const {
      const auto end = std::chrono::steady_clock::now() + 30s;
      while (std::chrono::steady_clock::now() < end) {
        const auto answer = std::make_shared<std::promise<bool>>();
        caf::anon_send(actor,
                       test::task{[this, answer](caf::event_based_actor*) {
                         answer->set_value(!heard->empty()
                                           && heard->back() == "event ping");
                       }});
        if (answer->get_future().get())
          return true;
      }
      return false;
    }
  };

  caf::actor_system_config settings;
  caf::actor_system system{settings};
  presence who = *presence::start(system, one_node::quiet_config());
  std::vector<caf::actor> spawned;
  std::vector<good_one> good;
};

} // namespace

// Goal: subscribers that misbehave cost the others nothing.
// Method: real threads; handlers that are missing, that fail, that throw, that
// are slow, and actors that end, beside as many that replay what they hear and
// must end up with the truth. For ROLLCALL_TEST_SECONDS, 1 by default.
BOOST_FIXTURE_TEST_CASE(good_subscribers_see_the_truth_beside_bad_ones,
                        crowded_topic) {
  const auto time = duration_of_test();
  const auto changes = change_for(time);
  BOOST_TEST_MESSAGE(changes << " changes in " << time.count() << " s");
  if (time > 1s) // A second says little of a machine with other work.
    BOOST_TEST(changes >= 900 * time.count());
  BOOST_TEST(!who.broadcast(event_of("t")));
  for (auto& each : good) {
    BOOST_TEST(each.has_heard_the_end());
    BOOST_TEST(std::count(each.heard->begin(), each.heard->end(), "impossible")
               == 0);
    std::sort(each.view->refs.begin(), each.view->refs.end());
    BOOST_TEST(each.view->refs == truth(), boost::test_tools::per_element());
  }
  BOOST_TEST(who.stats().dispatcher_restarts == 0u);
  BOOST_TEST(who.stats().shard_restarts == 0u);
}
