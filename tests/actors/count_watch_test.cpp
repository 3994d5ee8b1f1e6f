#include "actors/presence_internals.hpp"
#include "actors/runtime.hpp"
#include "tests/actors/listening_node.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::texts;

namespace {

/// "all match:1=2/1", "match:1=0/0".
std::string words_of(const topic_counts_ptr& told) {
  texts sizes;
  for (const auto& [topic, now] : told->topics)
    sizes.push_back(fmt::format("{}={}/{}", topic, now.presences, now.keys));
  std::sort(sizes.begin(), sizes.end());
  return fmt::format("{}{}", told->is_all ? "all " : "", fmt::join(sizes, " "));
}

struct watchers : test::listening_node {
  caf::actor watcher(const std::string& pattern) {
    auto result = listener(words_of);
    BOOST_TEST(!who.watch_counts(result, pattern, 100ms));
    world.settle();
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(count_watch_tests, watchers)

BOOST_AUTO_TEST_CASE(all_at_first_and_then_at_most_once_an_interval) {
  const auto ann = owner();
  track(ann, "match:1", "ann");
  track(ann, "lobby", "ann");
  watcher("match:*");
  track(owner(), "match:1", "ann");
  track(owner(), "match:2", "bob");
  track(ann, "lobby", "bob");
  world.advance(99ms);
  CHECK_HEARD("all match:1=1/1", "match:1=2/1");
  world.advance(1ms);
  CHECK_HEARD("all match:1=1/1", "match:1=2/1", "match:2=1/1");
  untrack(ann, "match:1", "ann");
  world.advance(1s);
  BOOST_TEST(heard->back() == "match:1=1/1");
  BOOST_TEST(world.timers() == 0u);
}

BOOST_AUTO_TEST_CASE(one_topic_alone_and_one_that_is_empty) {
  watcher("match:1");
  const auto ann = owner();
  track(ann, "match:1", "ann");
  track(ann, "match:11", "ann");
  CHECK_HEARD("all match:1=0/0", "match:1=1/1");
  kill(ann);
  world.advance(100ms);
  BOOST_TEST(heard->back() == "match:1=0/0");
}

BOOST_AUTO_TEST_CASE(an_update_is_nothing) {
  const auto ann = owner();
  track(ann, "lobby", "ann");
  watcher("*");
  update(ann, "lobby", "ann", R"({"a":1})"s);
  world.advance(1s);
  CHECK_HEARD("all lobby=1/1");
}

BOOST_AUTO_TEST_CASE(who_unwatches_or_ends_hears_no_more) {
  const auto first = watcher("lobby"), second = watcher("lobby");
  BOOST_TEST(!who.unwatch_counts(first, "lobby"));
  kill(second);
  track(owner(), "lobby", "ann");
  world.advance(1s);
  CHECK_HEARD("all lobby=0/0", "all lobby=0/0");
  BOOST_TEST(world.timers() == 0u);
}

BOOST_AUTO_TEST_CASE(an_actor_asks_for_itself) {
  const auto ann = owner();
  auto answer = std::make_shared<std::string>("silence");
  const auto ask
      = [&](const std::string& pattern, std::chrono::milliseconds interval) {
          in(ann, [=, this](caf::event_based_actor* self) {
            who.watch_counts(self, pattern, interval)
                .then([=] { *answer = "done"; },
                      [=](const caf::error& problem) {
                        *answer = describe(problem);
                      });
          });
          return *answer;
        };
  BOOST_TEST(ask("lobby", 1s) == "done");
  BOOST_TEST(ask("lobby", 9ms)
             == "invalid_config: the interval is 9 ms; 10 to 3600000 are "
                "allowed");
  BOOST_TEST(ask("", 1s).starts_with("invalid_topic"));
  for (int i = 1; i < 1000; ++i)
    BOOST_TEST(!who.watch_counts(ann, "topic" + std::to_string(i)));
  BOOST_TEST(ask("one more", 1s)
             == "too_many_subscribers: the actor watches 1000 patterns, the "
                "most that limits::count_watches_max allows");
  BOOST_TEST((code_of(presence{}.watch_counts(ann, "a")) == ec::not_started));
  BOOST_TEST((code_of(presence{}.unwatch_counts(ann, "a")) == ec::not_started));
}

BOOST_AUTO_TEST_CASE(after_a_crash_all_is_told_again) {
  track(owner(), "lobby", "ann");
  watcher("lobby");
  caf::anon_send_exit(presence_internals::of(who).watches->dispatcher(),
                      caf::exit_reason::kill);
  world.settle();
  CHECK_HEARD("all lobby=1/1", "all lobby=1/1");
}

BOOST_AUTO_TEST_SUITE_END()
