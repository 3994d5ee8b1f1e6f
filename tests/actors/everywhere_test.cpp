// Every call of a `presence`, by threads, actors, hooks and update functions at
// once, while owners end and actors of Rollcall crash. Real threads: the thread
// sanitizer looks for data races. Without it the case still checks that all
// come to an end and leave nothing behind.
#include "tests/actors/random_caller.hpp"
#include "tests/support/busy_threads.hpp"
#include "tests/support/ends.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/silent_log.hpp"

#include <caf/actor_system_config.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::random_caller;

namespace {

constexpr std::size_t callers_of_a_kind = 3;
constexpr int calls_each = 400;

/// A handle that hooks call. They are made before there is one.
class late_presence {
public:
  void set(presence who) {
    const std::lock_guard guard{mutex_};
    who_ = std::move(who);
  }

  presence get() {
    const std::lock_guard guard{mutex_};
    return who_;
  }

private:
  std::mutex mutex_;
  presence who_;
};

struct calling_hooks : hooks {
  explicit calling_hooks(std::shared_ptr<late_presence> handle)
      : who{std::move(handle)} {
  }

  enrichment fetch(const std::string& topic,
                   const metas_by_key& presences) override {
    const auto all = who->get().count(topic);
    enrichment result;
    for (const auto& [key, metas] : presences)
      result[key] = "{\"of\":" + std::to_string(all.presences) + "}";
    return result;
  }

  void on_diff(const diff& change) override {
    for (const auto& joined : change.joins)
      seen += who->get().get_by_key(change.topic, joined->key()).size();
  }

  bool follows_keys() const override {
    return true;
  }

  void on_online(const std::string& key) override {
    seen += who->get().last_seen(key) ? 1 : 0;
  }

  std::shared_ptr<late_presence> who;
  std::size_t seen = 0; ///< The hook's own, without a lock.
};

/// An actor that makes so many calls one after the other, and ends.
caf::behavior calling(caf::event_based_actor* self, const presence& who,
                      std::uint64_t seed, std::atomic<std::size_t>* working) {
  self->set_default_handler(caf::drop);
  self->send(self, calls_each);
  return {[self, working,
           calls = std::make_shared<random_caller>(who, seed)](int left) {
    calls->call(self);
    if (left > 1)
      return self->send(self, left - 1);
    self->quit();
    --*working;
  }};
}

/// A thread with owners that no other thread ends.
void run_thread(caf::actor_system& system, const presence& who,
                std::uint64_t seed) {
  random_caller calls{who, seed};
  std::vector<caf::actor> owners;
  for (int i = 0; i < 3; ++i)
    owners.push_back(system.spawn(test::indifferent));
  for (int i = 0; i < calls_each; ++i)
    calls.call_for(owners, system);
  for (const auto& owner : owners)
    caf::anon_send_exit(owner, caf::exit_reason::kill);
}

config busy_config() {
  config result;
  result.shard_count = 2;
  result.diff_window = 2ms;
  result.last_seen_for = 60s;
  result.single_session = {{"topic5", session_policy::newest}};
  return result;
}

template <class Condition>
bool comes_true(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::yield();
  }
  return true;
}

/// @returns whether all that was tracked has ended with its owners.
bool run_callers(std::uint64_t seed) {
  caf::actor_system_config settings;
  caf::actor_system system{settings};
  const auto handle = std::make_shared<late_presence>();
  auto who = *presence::start(system, busy_config(), [handle] {
    return std::make_unique<calling_hooks>(handle);
  });
  handle->set(who);
  std::atomic<std::size_t> working = callers_of_a_kind;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < callers_of_a_kind; ++i) {
    system.spawn(calling, who, seed + i, &working);
    threads.emplace_back([&system, &who, own = seed + 100 + i] {
      run_thread(system, who, own);
    });
  }
  for (auto& each : threads)
    each.join();
  const bool result = comes_true([&] {
    const auto now = who.stats();
    return working == 0 && now.owners == 0 && now.presences == 0;
  });
  who.stop();
  handle->set({});
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(everywhere_tests)

BOOST_AUTO_TEST_CASE(all_calls_from_everywhere_at_once_leave_nothing_behind) {
  const test::silent_log quiet;
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << test::seed()) {
    for (int round = 0; round < test::rounds(5); ++round)
      BOOST_TEST(run_callers(test::seed() + 1000u * unsigned(round)));
  }
}

BOOST_AUTO_TEST_CASE(lists_are_enriched_while_hooks_are_made_anew) {
  const test::silent_log quiet;
  const auto handle = std::make_shared<late_presence>();
  caf::actor_system_config settings;
  caf::actor_system system{settings};
  auto who = *presence::start(system, busy_config(), [handle] {
    return std::make_unique<calling_hooks>(handle);
  });
  const auto owner = system.spawn(test::indifferent);
  who.track(owner, "t", "k", "{}");
  std::atomic<std::size_t> lists_without = 0;
  {
    const test::busy_threads readers{2, [&](int) {
                                       return [&] {
                                         if (who.fetch_list("t")->extra.empty())
                                           ++lists_without;
                                       };
                                     }};
    for (std::size_t i = 1; i <= 20; ++i) {
      caf::anon_send_exit(testing::dispatcher_of(who, "t"),
                          caf::exit_reason::kill);
      BOOST_REQUIRE(
          comes_true([&] { return who.stats().dispatcher_restarts == i; }));
    }
  }
  BOOST_TEST(lists_without == 0u);
  caf::anon_send_exit(owner, caf::exit_reason::kill);
  who.stop();
}

BOOST_AUTO_TEST_SUITE_END()
