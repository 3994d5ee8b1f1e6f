#include "actors/presence_internals.hpp"
#include "actors/runtime.hpp"
#include "tests/actors/listening_node.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::texts;

namespace {

/// "0-1 all +ann +bob", "0-1 +eve -bob".
std::string words_of(const topic_range_ptr& told) {
  auto line = fmt::format("{}-{}{}", told->first, told->last,
                          told->is_all ? " all" : "");
  for (const auto& one : told->joins)
    line += " +" + std::string{one->key()};
  for (const auto& one : told->leaves)
    line += " -" + std::string{one->key()};
  return line;
}

/// Ann, bob and eve in "room", and who looks at the first places.
struct range_watchers : test::listening_node {
  range_watchers() {
    for (const auto* key : {"ann", "bob", "eve"})
      track(owner_of_room, "room", key);
  }

  caf::actor watcher(std::size_t first = 0, std::size_t last = 1) {
    auto result = listener(words_of);
    BOOST_TEST(!who.watch_range(result, "room", first, last, 100ms));
    world.settle();
    return result;
  }

  caf::actor owner_of_room = owner();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(range_watch_tests, range_watchers)

BOOST_AUTO_TEST_CASE(a_watcher_has_its_range_and_then_what_changes_in_it) {
  watcher();
  CHECK_HEARD("0-1 all +ann +bob");
  track(owner_of_room, "room", "amy");
  CHECK_HEARD("0-1 all +ann +bob", "0-1 +amy -bob");
  untrack(owner_of_room, "room", "amy");
  track(owner_of_room, "room", "joe");
  world.advance(99ms);
  BOOST_TEST(heard->size() == 2u);
  world.advance(1ms);
  BOOST_TEST(heard->back() == "0-1 +bob -amy");
  BOOST_TEST(world.timers() == 0u);
}

BOOST_AUTO_TEST_CASE(an_update_in_the_range_is_told_and_one_behind_it_is_not) {
  watcher();
  update(owner_of_room, "room", "eve", R"({"a":1})"s);
  update(owner_of_room, "room", "bob", R"({"a":1})"s);
  world.advance(1s);
  CHECK_HEARD("0-1 all +ann +bob", "0-1 +bob -bob");
}

BOOST_AUTO_TEST_CASE(a_range_behind_all_that_are_there_is_empty) {
  watcher(7, 9);
  world.advance(1s);
  CHECK_HEARD("7-9 all");
}

BOOST_AUTO_TEST_CASE(who_unwatches_a_range_or_ends_hears_no_more) {
  const auto first = watcher(), second = watcher();
  BOOST_TEST(!who.unwatch_range(first, "room", 0, 1));
  BOOST_TEST(!who.unwatch_range(first, "room", 0, 1));
  kill(second);
  track(owner_of_room, "room", "amy");
  world.advance(1s);
  CHECK_HEARD("0-1 all +ann +bob", "0-1 all +ann +bob");
  BOOST_TEST(world.timers() == 0u);
}

BOOST_AUTO_TEST_CASE(an_actor_asks_for_a_range_itself) {
  const auto asker = listener(words_of);
  auto answer = std::make_shared<std::string>("silence");
  const auto ask = [&](std::size_t first, std::size_t last,
                       std::chrono::milliseconds interval = 1s,
                       const std::string& topic = "room") {
    in(asker, [=, this](caf::event_based_actor* self) {
      who.watch_range(self, topic, first, last, interval)
          .then(
              [=] { *answer = "done"; },
              [=](const caf::error& problem) { *answer = describe(problem); });
    });
    return *answer;
  };
  BOOST_TEST(ask(0, 999) == "done");
  BOOST_TEST(ask(0, 1000)
             == "invalid_config: the range from 0 to 1000 is too long; 1000 "
                "presences are allowed");
  BOOST_TEST(ask(2, 1)
             == "invalid_config: the range begins at 2, behind its end 1");
  BOOST_TEST(ask(0, 1, 9ms).starts_with("invalid_config: the interval"));
  BOOST_TEST(ask(0, 1, 1s, "").starts_with("invalid_topic"));
  for (std::size_t i = 1; i < limits::range_watches_max; ++i)
    BOOST_TEST(ask(i, i) == "done");
  BOOST_TEST(ask(99, 99)
             == "too_many_subscribers: the actor watches 10 ranges, the most "
                "that it may");
  BOOST_TEST(ask(0, 999) == "done");
  in(asker, [this](caf::event_based_actor* self) {
    who.unwatch_range(self, "room", 1, 1).then([] {});
  });
  BOOST_TEST(ask(99, 99) == "done");
  const presence none;
  BOOST_TEST(
      (code_of(none.watch_range(asker, "room", 0, 1)) == ec::not_started));
  BOOST_TEST(
      (code_of(none.unwatch_range(asker, "room", 0, 1)) == ec::not_started));
}

BOOST_AUTO_TEST_CASE(after_a_crash_of_the_dispatcher_ranges_are_told_again) {
  watcher();
  caf::anon_send_exit(presence_internals::of(who).watches->dispatcher(),
                      caf::exit_reason::kill);
  world.settle();
  CHECK_HEARD("0-1 all +ann +bob", "0-1 all +ann +bob");
  track(owner_of_room, "room", "amy");
  BOOST_TEST(heard->back() == "0-1 +amy -bob");
}

BOOST_AUTO_TEST_SUITE_END()
