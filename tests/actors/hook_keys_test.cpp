// What hooks hear of keys that come online and go offline.
#include "tests/actors/fault.hpp"
#include "tests/actors/one_node.hpp"
#include "tests/support/silent_log.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::literals;
using namespace rollcall;
using names = std::vector<std::string>;

namespace {

struct key_hooks : hooks {
  explicit key_hooks(names& where) : heard{where} {
  }

  bool follows_keys() const override {
    return true;
  }
  void on_online(const std::string& key) override {
    heard.push_back("+" + key);
  }
  void on_offline(const std::string& key) override {
    heard.push_back("-" + key);
  }

  names& heard;
};

struct failing_hooks : key_hooks {
  using key_hooks::key_hooks;

  void on_online(const std::string& key) override {
    key_hooks::on_online(key);
    throw std::runtime_error{"the database is away"};
  }
};

config four_shards() {
  config result;
  result.shard_count = 4;
  result.diff_window = 50ms;
  return result;
}

template <class Hooks>
struct hearing_node {
  names heard; ///< Of all shards: everything here runs on one thread.
  test::one_node node{four_shards(),
                      [this] { return std::make_unique<Hooks>(heard); }};

  names all_heard() {
    auto result = std::exchange(heard, {});
    std::sort(result.begin(), result.end());
    return result;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(hook_keys_tests)

BOOST_AUTO_TEST_CASE(hooks_hear_of_each_key_once_whatever_its_topics) {
  hearing_node<key_hooks> here;
  auto& node = here.node;
  const auto ann = node.owner();
  const auto bob = node.owner();
  for (const auto* room : {"room:1", "room:2", "room:3", "room:4", "room:5"})
    node.track(ann, room, "ann");
  node.track(bob, "room:1", "bob");
  BOOST_TEST(here.all_heard() == (names{"+ann", "+bob"}));
  node.untrack(ann, "room:2", "ann");
  node.kill(bob);
  node.world.advance(49ms);
  BOOST_TEST(here.all_heard() == names{});
  node.world.advance(1ms);
  BOOST_TEST(here.all_heard() == names{"-bob"});
}

BOOST_AUTO_TEST_CASE(hooks_that_are_made_anew_begin_with_all_that_are_online) {
  const test::silent_log quiet;
  hearing_node<key_hooks> here;
  auto& node = here.node;
  node.track(node.owner(), "room:1", "ann");
  node.track(node.owner(), "room:1", "bob");
  here.heard.clear();
  for (const auto& slot : presence_internals::of(node.who).slots)
    caf::anon_send_exit(slot->dispatcher(), caf::exit_reason::kill);
  node.world.settle();
  BOOST_TEST(here.all_heard() == (names{"+ann", "+bob"}));
  node.track(node.owner(), "room:2", "eve");
  BOOST_TEST(here.all_heard() == names{"+eve"});
}

BOOST_AUTO_TEST_CASE(what_hooks_hear_survives_a_crash_of_who_follows_keys) {
  const test::silent_log quiet;
  hearing_node<key_hooks> here;
  auto& node = here.node;
  const auto ann = node.owner();
  node.track(ann, "room:1", "ann");
  node.kill(ann);
  caf::anon_send_exit(presence_internals::of(node.who).watches->dispatcher(),
                      caf::exit_reason::kill);
  node.world.settle();
  node.world.advance(50ms);
  BOOST_TEST(here.all_heard() == (names{"+ann", "-ann"}));
}

BOOST_AUTO_TEST_CASE(
    a_hook_that_throws_at_a_key_is_counted_and_hears_the_next) {
  const test::silent_log quiet;
  hearing_node<failing_hooks> here;
  here.node.track(here.node.owner(), "room:1", "ann");
  here.node.track(here.node.owner(), "room:1", "bob");
  BOOST_TEST(here.all_heard() == (names{"+ann", "+bob"}));
  BOOST_TEST(here.node.who.stats().hook_failures == 2u);
  BOOST_TEST(here.node.who.stats().dispatcher_restarts == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
