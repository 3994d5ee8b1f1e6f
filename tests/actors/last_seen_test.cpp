#include "tests/actors/one_node.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::one_node;

namespace {

config settings() {
  config result;
  result.last_seen_for = 1h;
  result.last_seen_max = 2;
  return result;
}

struct seen_fixture : one_node {
  seen_fixture() : one_node{settings()} {
  }

  /// How long ago it was, in seconds; nothing if that is not known.
  std::optional<long> seconds_ago(const std::string& key) {
    const auto age = who.last_seen(key);
    if (!age)
      return {};
    return std::chrono::round<std::chrono::seconds>(*age).count();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(last_seen_tests, seen_fixture)

BOOST_AUTO_TEST_CASE(a_key_was_last_seen_when_its_last_presence_ended) {
  const auto ann = owner(), bob = owner();
  BOOST_TEST((seconds_ago("ann") == std::nullopt));
  who.track(ann, "t", "ann", "{}");
  who.track(bob, "u", "ann", "{}");
  world.advance(50s);
  BOOST_TEST((seconds_ago("ann") == 0));
  who.untrack(ann, "t", "ann");
  world.advance(50s);
  BOOST_TEST((seconds_ago("ann") == 0));
  kill(bob);
  world.advance(50s);
  BOOST_TEST((seconds_ago("ann") == 50));
  world.advance(1h);
  BOOST_TEST((seconds_ago("ann") == std::nullopt));
}

BOOST_AUTO_TEST_CASE(what_lingers_is_still_here) {
  const auto ann = owner();
  who.track(ann, "t", "ann", "{}", {.linger_ms = 60'000});
  kill(ann);
  world.advance(30s);
  BOOST_TEST((seconds_ago("ann") == 0));
  world.advance(40s);
  BOOST_TEST((seconds_ago("ann") == 10));
}

BOOST_AUTO_TEST_CASE(many_are_asked_for_in_one_call) {
  const auto ann = owner();
  who.track(ann, "t", "ann", "{}");
  who.untrack(ann, "t", "ann");
  const auto all = who.last_seen_many(std::vector{"nobody"s, "ann"s});
  BOOST_REQUIRE(all.size() == 2u);
  BOOST_TEST(!all[0].has_value());
  BOOST_TEST(all[1].has_value());
}

BOOST_AUTO_TEST_CASE(above_the_bound_the_first_is_forgotten) {
  const auto ann = owner();
  for (const auto* key : {"1", "2", "3"}) {
    who.track(ann, "t", key, "{}");
    who.untrack(ann, "t", key);
  }
  BOOST_TEST(who.stats().last_seen_keys == 2u);
  BOOST_TEST((seconds_ago("1") == std::nullopt));
  BOOST_TEST((seconds_ago("3") == 0));
}

BOOST_AUTO_TEST_CASE(nothing_is_known_unless_it_is_configured) {
  one_node other;
  const auto ann = other.owner();
  other.who.track(ann, "t", "ann", "{}");
  BOOST_TEST(!other.who.last_seen("ann"s).has_value());
  BOOST_TEST(!presence{}.last_seen("ann"s).has_value());
  BOOST_TEST(presence{}.last_seen_many(std::vector{"ann"s}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(after_stop_what_was_seen_is_still_told) {
  const auto ann = owner();
  who.track(ann, "t", "ann", "{}");
  kill(ann);
  who.stop();
  BOOST_TEST(who.last_seen_many(std::vector{"ann"s}).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
