#include "rollcall/presence_json.hpp"
#include "tests/actors/fault.hpp"
#include "tests/actors/one_node.hpp"
#include "tests/support/silent_log.hpp"

#include <caf/scoped_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

using namespace std::literals;
using namespace rollcall;
using names = std::vector<std::string>;

namespace {

/// What the hooks of a test were called with; several threads write here.
struct call_log {
  std::mutex mutex;
  std::condition_variable changed;
  names calls;
  std::atomic<bool> is_throwing = false;
  std::atomic<bool> is_blocking = false;
  std::atomic<bool> is_init_held = false;

  void add(std::string call) {
    const std::lock_guard guard{mutex};
    calls.push_back(std::move(call));
    changed.notify_all();
  }

  bool wait_for(const std::string& call) {
    std::unique_lock lock{mutex};
    return changed.wait_for(lock, 20s, [&] {
      return std::find(calls.begin(), calls.end(), call) != calls.end();
    });
  }

  std::size_t count(const std::string& call) {
    const std::lock_guard guard{mutex};
    return static_cast<std::size_t>(
        std::count(calls.begin(), calls.end(), call));
  }
};

std::string keys_of(const metas_by_key& presences) {
  std::string result;
  for (const auto& [key, metas] : presences)
    result += key + std::to_string(metas.size());
  return result;
}

struct recording_hooks : hooks {
  explicit recording_hooks(call_log& where) : log{where} {
  }

  void init() override {
    log.add("init");
    while (log.is_init_held)
      std::this_thread::yield();
  }

  enrichment fetch(const std::string& topic,
                   const metas_by_key& presences) override {
    log.add("fetch " + topic + " " + keys_of(presences));
    while (log.is_blocking)
      std::this_thread::yield();
    if (log.is_throwing)
      throw std::runtime_error{"the database is away"};
    enrichment result;
    for (const auto& [key, metas] : presences)
      result[key] = "{\"name\":\"" + key + "!\"}";
    return result;
  }

  void on_diff(const diff& change) override {
    log.add("on_diff " + rollcall::test::words(change));
  }

  void on_metas(const std::string& topic, const diff&,
                const metas_by_key& present) override {
    log.add("on_metas " + topic + " " + keys_of(present));
  }

  call_log& log;
};

/// A node with real threads, since hooks run on one of their own.
struct hooked_node {
  hooked_node() {
    config one_shard;
    one_shard.shard_count = 1;
    one_shard.diff_window = 0ms;
    auto started = presence::start(system, one_shard, [this] {
      return std::make_unique<recording_hooks>(calls);
    });
    BOOST_REQUIRE(started);
    who = *started;
  }

  ~hooked_node() {
    calls.is_blocking = false;
    for (const auto& actor : actors)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    who.stop();
  }

  caf::actor owner() {
    actors.push_back(system.spawn(rollcall::test::obedient));
    return actors.back();
  }

  call_log calls;
  caf::actor_system_config settings;
  caf::actor_system system{settings};
  std::vector<caf::actor> actors;
  presence who;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hooks_tests, hooked_node)

BOOST_AUTO_TEST_CASE(hooks_see_each_diff_and_what_the_topic_holds_after_it) {
  const auto alice = owner();
  const auto bob = owner();
  BOOST_REQUIRE(who.track(alice, "t", "alice", "{}"));
  BOOST_REQUIRE(who.track(bob, "t", "alice", "{}"));
  BOOST_REQUIRE(who.update(bob, "t", "alice", "{\"v\":1}"));
  BOOST_REQUIRE(!who.untrack(bob, "t", "alice"));
  BOOST_REQUIRE(!who.untrack(alice, "t", "alice"));
  BOOST_TEST(calls.wait_for("on_metas t "));
  const names expected{"init",
                       "fetch t alice1",
                       "on_diff +alice",
                       "on_metas t alice1",
                       "fetch t alice1",
                       "on_diff +alice",
                       "on_metas t alice2",
                       "fetch t alice1",
                       "fetch t alice1",
                       "on_diff +alice -alice",
                       "on_metas t alice2",
                       "fetch t alice1",
                       "on_diff -alice",
                       "on_metas t alice1",
                       "fetch t alice1",
                       "on_diff -alice",
                       "on_metas t "};
  BOOST_TEST(calls.calls == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_diff_carries_what_fetch_added_to_each_side) {
  caf::scoped_actor self{system};
  const caf::actor listener = self;
  BOOST_REQUIRE(!who.subscribe(listener, "t"));
  self->receive([](const topic_snapshot_ptr&) {});
  BOOST_REQUIRE(who.track(owner(), "t", "alice", "{}"));
  self->receive([](const diff_ptr& change) {
    std::string text;
    append_diff_json(text, *change);
    BOOST_TEST(text.find("\"name\":\"alice!\"") != std::string::npos);
  });
}

BOOST_AUTO_TEST_CASE(a_list_is_enriched_by_one_fetch) {
  BOOST_REQUIRE(who.track(owner(), "t", "alice", "{}"));
  BOOST_REQUIRE(who.track(owner(), "t", "bob", "{}"));
  const auto listed = who.fetch_list("t");
  BOOST_TEST(listed->extra.at("bob") == "{\"name\":\"bob!\"}");
  BOOST_TEST(calls.count("fetch t alice1bob1") == 1u);
}

BOOST_AUTO_TEST_CASE(a_list_asked_for_before_init_has_run_waits_for_it) {
  call_log slow;
  slow.is_init_held = true;
  config one_shard;
  one_shard.shard_count = 1;
  auto started = presence::start(system, one_shard, [&] {
    return std::make_unique<recording_hooks>(slow);
  });
  BOOST_REQUIRE(started);
  BOOST_REQUIRE(started->track(owner(), "t", "alice", "{}"));
  std::thread release{[&] {
    slow.wait_for("init");
    slow.is_init_held = false;
  }};
  const auto listed = started->fetch_list("t");
  release.join();
  BOOST_TEST(listed->extra.size() == 1u);
  started->stop();
}

BOOST_AUTO_TEST_CASE(a_fetch_that_throws_costs_enrichment_and_no_presence) {
  const test::silent_log quiet;
  calls.is_throwing = true;
  caf::scoped_actor self{system};
  BOOST_REQUIRE(!who.subscribe(caf::actor{self}, "t"));
  self->receive([](const topic_snapshot_ptr&) {});
  BOOST_REQUIRE(who.track(owner(), "t", "alice", "{}"));
  self->receive([](const diff_ptr& change) {
    BOOST_TEST(change->joins.size() == 1u);
    BOOST_TEST(change->joins_extra.empty());
  });
  BOOST_TEST(who.list("t").size() == 1u);
  BOOST_TEST(who.stats().hook_failures == 1u);
  BOOST_TEST(who.stats().dispatcher_restarts == 0u);
}

BOOST_AUTO_TEST_CASE(a_slow_fetch_holds_diffs_back_in_order_but_no_caller) {
  calls.is_blocking = true;
  caf::scoped_actor self{system};
  BOOST_REQUIRE(!who.subscribe(caf::actor{self}, "t"));
  self->receive([](const topic_snapshot_ptr&) {});
  const auto alice = owner();
  BOOST_REQUIRE(who.track(alice, "t", "alice", "{}"));
  BOOST_REQUIRE(calls.wait_for("fetch t alice1"));
  // The dispatcher stands; the shard goes on.
  BOOST_REQUIRE(who.track(owner(), "t", "bob", "{}"));
  BOOST_REQUIRE(!who.untrack(alice, "t", "alice"));
  BOOST_TEST(who.count("t").presences == 1u);
  calls.is_blocking = false;
  for (const auto* expected : {"+alice", "+bob", "-alice"})
    self->receive([&](const diff_ptr& change) {
      BOOST_TEST(rollcall::test::words(*change) == expected);
    });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(hooks_misuse_tests)

BOOST_AUTO_TEST_CASE(a_factory_that_throws_or_gives_nothing_refuses_the_start) {
  const test::silent_log quiet;
  caf::actor_system_config settings;
  caf::actor_system system{settings};
  const auto throwing
      = presence::start(system, {}, []() -> std::unique_ptr<hooks> {
          throw std::runtime_error{"no database"};
        });
  BOOST_TEST_REQUIRE(!throwing);
  BOOST_TEST(describe(throwing.error())
             == "invalid_config: the hooks factory threw: no database");
  const auto empty = presence::start(
      system, {}, []() -> std::unique_ptr<hooks> { return nullptr; });
  BOOST_TEST_REQUIRE(!empty);
  BOOST_TEST(describe(empty.error())
             == "invalid_config: the hooks factory gave no hooks");
}

namespace {

struct careless_hooks : hooks {
  enrichment fetch(const std::string&, const metas_by_key&) override {
    return {{"alice", "no json"}, {"bob", R"({"name":"Bob"})"}};
  }
};

config without_window() {
  config result;
  result.shard_count = 1;
  result.diff_window = 0ms;
  return result;
}

} // namespace

BOOST_AUTO_TEST_CASE(
    what_fetch_adds_that_is_no_object_is_left_out_and_counted) {
  const test::silent_log quiet;
  test::one_node node{without_window(),
                      [] { return std::make_unique<careless_hooks>(); }};
  node.track(node.owner(), "t", "alice");
  node.track(node.owner(), "t", "bob");
  const auto failures = node.who.stats().hook_failures;
  BOOST_TEST(failures > 0u);
  const auto listed = node.who.fetch_list("t");
  BOOST_TEST(!listed->extra.contains("alice"));
  BOOST_TEST(listed->extra.contains("bob"));
  BOOST_TEST(node.who.stats().hook_failures == failures + 1);
}

namespace {

struct throwing_hooks : hooks {
  void init() override {
    throw std::runtime_error{"no table"};
  }
  enrichment fetch(const std::string&, const metas_by_key&) override {
    throw std::runtime_error{"no database"};
  }
  void on_diff(const diff&) override {
    throw std::runtime_error{"no disk"};
  }
  void on_metas(const std::string&, const diff&, const metas_by_key&) override {
    throw 42; // NOLINT: that may happen too.
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(hooks_that_throw_anywhere_are_counted_and_cost_no_diff) {
  const test::silent_log quiet;
  test::one_node node{without_window(),
                      [] { return std::make_unique<throwing_hooks>(); }};
  BOOST_TEST(node.who.stats().hook_failures == 1u); // init
  node.subscriber("t");
  const auto failures = node.who.stats().hook_failures;
  node.track(node.owner(), "t", "alice");
  BOOST_TEST(node.told->back() == "+alice");
  // fetch, on_diff and on_metas
  BOOST_TEST(node.who.stats().hook_failures == failures + 3);
  BOOST_TEST(node.who.stats().dispatcher_restarts == 0u);
}

BOOST_AUTO_TEST_CASE(topics_that_only_hooks_look_at_leave_nothing_behind) {
  test::one_node node{without_window(),
                      [] { return std::make_unique<hooks>(); }};
  const auto one = node.owner();
  for (int i = 0; i < 100; ++i) {
    const auto topic = "t" + std::to_string(i);
    node.track(one, topic, "alice");
    node.untrack(one, topic, "alice");
  }
  const auto& slot = testing::slot_of(node.who, "t");
  BOOST_TEST(slot.dispatch->batcher.topics() == 0u);
}

BOOST_AUTO_TEST_CASE(hooks_in_a_deterministic_system_run_with_the_rest) {
  call_log calls;
  test::one_node node{without_window(),
                      [&] { return std::make_unique<recording_hooks>(calls); }};
  node.track(node.owner(), "t", "alice");
  BOOST_TEST(calls.count("on_diff +alice") == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
