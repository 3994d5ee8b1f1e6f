// Hooks that use the presence which they are hooks of.
#include "tests/actors/one_node.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>

using namespace rollcall;

namespace {

/// Uses the presence that it is a hook of.
struct calling_hooks : hooks {
  calling_hooks(const presence& whose, const caf::actor& somebody, int& number)
      : who{whose},
        owner{somebody},
        calls{number} {
  }

  void init() override {
    BOOST_TEST(who.fetch_list("t")->presences.size() == 0u);
    ++calls;
  }

  enrichment fetch(const std::string& topic, const metas_by_key&) override {
    BOOST_TEST(who.list(topic).size() <= 1u);
    return {{"alice", R"({"name":"Alice"})"}};
  }

  void on_diff(const diff& change) override {
    if (change.topic != "t")
      return;
    BOOST_TEST(who.list("t").size() == 1u);
    BOOST_TEST(!!who.track(owner, "other", "bob", "{}"));
    BOOST_TEST(!!who.update(owner, "other", "bob", R"({"v":1})"));
    BOOST_TEST(!who.broadcast(std::make_shared<const topic_event>(
        topic_event{"other", "ping", "{}"})));
    ++calls;
  }

  void on_metas(const std::string& topic, const diff&,
                const metas_by_key&) override {
    if (topic != "t")
      return;
    BOOST_TEST(who.fetch_list("t")->extra.contains("alice"));
    BOOST_TEST(!who.untrack(owner, "other", "bob"));
    ++calls;
  }

  const presence& who;
  const caf::actor& owner;
  int& calls;
};

/// Begins the end in the first call for a diff, or for a key.
struct ending_hooks : hooks {
  ending_hooks(presence& whose, bool keys, int& number)
      : who{whose},
        hears_keys{keys},
        calls{number} {
  }

  void on_diff(const diff&) override {
    if (hears_keys)
      return;
    ++calls;
    who.request_stop();
  }
  bool follows_keys() const override {
    return hears_keys;
  }
  void on_online(const std::string&) override {
    ++calls;
    who.request_stop();
  }

  presence& who;
  bool hears_keys;
  int& calls;
};

} // namespace

BOOST_AUTO_TEST_SUITE(hook_calls_tests)

BOOST_AUTO_TEST_CASE(a_hook_may_call_rollcall) {
  auto settings = test::one_node::quiet_config();
  settings.shard_count = 1;
  testing::deterministic_system world;
  presence who;
  caf::actor owner = world.system().spawn(test::obedient);
  int calls = 0;
  who = *presence::start(world.system(), settings, [&] {
    return std::make_unique<calling_hooks>(who, owner, calls);
  });
  world.settle();
  auto told = std::make_shared<test::transcript>();
  const auto listener = world.system().spawn(
      test::scribe, told, std::make_shared<test::replayed_view>());
  BOOST_TEST(!who.subscribe(listener, "other"));
  BOOST_TEST(!!who.track(owner, "t", "alice", "{}"));
  world.settle();
  BOOST_TEST(calls == 3);
  const test::transcript expected{"state", "+bob", "+bob -bob", "event ping",
                                  "-bob"};
  BOOST_TEST(*told == expected, boost::test_tools::per_element());
  BOOST_TEST(who.stats().hook_failures == 0u);
  for (const auto& actor : {owner, listener})
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  who.request_stop();
  world.settle();
}

BOOST_AUTO_TEST_CASE(when_the_end_begins_no_hook_is_called_any_more) {
  for (const bool hears_keys : {false, true}) {
    auto settings = test::one_node::quiet_config();
    settings.shard_count = 1;
    testing::deterministic_system world;
    presence who;
    int calls = 0;
    who = *presence::start(world.system(), settings, [&] {
      return std::make_unique<ending_hooks>(who, hears_keys, calls);
    });
    world.settle();
    const caf::actor owner = world.system().spawn(test::obedient);
    for (int i = 0; i < 20; ++i)
      BOOST_TEST(!!who.track(owner, "t" + std::to_string(i),
                             "k" + std::to_string(i), "{}"));
    world.settle();
    BOOST_TEST(calls == 1);
    caf::anon_send_exit(owner, caf::exit_reason::user_shutdown);
    world.settle();
  }
}

BOOST_AUTO_TEST_SUITE_END()
