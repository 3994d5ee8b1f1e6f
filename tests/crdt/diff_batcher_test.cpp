#include "crdt/diff/diff_batcher.hpp"
#include "crdt/presence_set.hpp"
#include "tests/support/texts.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace rollcall::crdt;

namespace {

using words = std::vector<std::string>;

/// A set, a queue and a batcher, and what the batcher says in words: "1: state
/// a b", "1,2: +c -b", "hooks,1: +d".
struct one_topic {
  explicit one_topic(diff_batcher_settings settings = {20ms, false},
                     diff_queue_limits limits = {})
      : queue{limits},
        batcher{settings} {
    set.pin("t");
  }

  void join(const std::string& key, std::uint64_t owner = 1) {
    queue.push(*set.join("t", stored_entry::make(key, "{}", owner)));
  }

  void update(const std::string& key, std::uint64_t owner = 1) {
    queue.push(*set.update("t", stored_entry::make(key, "{}", owner)));
  }

  void leave(const std::string& key, std::uint64_t owner = 1) {
    queue.push(*set.leave("t", key, owner));
  }

  void subscribe(std::uint64_t who, bool wants_passed = false) {
    queue.push(subscriber_joined{"t", {who}, set.list("t"), wants_passed});
  }

  void unsubscribe(std::uint64_t who) {
    queue.push(subscriber_left{"t", {who}});
  }

  /// All that a dispatcher does now.
  words work() {
    auto items = queue.take();
    if (!items.empty())
      batcher.put(std::move(items));
    auto result = deliveries();
    batcher.close_windows(now);
    for (auto& more : deliveries())
      result.push_back(std::move(more));
    return result;
  }

  words deliveries() {
    words result;
    while (auto next = batcher.next(now))
      result.push_back(
          std::visit([](const auto& one) { return in_words(one); }, *next));
    return result;
  }

  static std::string in_words(const snapshot_delivery& first) {
    auto result = std::to_string(first.to.value) + ": state";
    for (const auto& presence : first.presences)
      result += " " + std::string{presence.key()};
    return result;
  }

  static std::string in_words(const diff_delivery& changed) {
    std::string result = changed.runs_hooks ? "hooks" : "";
    for (const auto& to : changed.to)
      result += (result.empty() ? "" : ",") + std::to_string(to.value);
    result += ":";
    for (const auto& joined : changed.net.joins)
      result += " +" + std::string{joined->key()};
    for (const auto& left : changed.net.leaves)
      result += " -" + std::string{left->key()};
    for (const auto& passed : changed.net.passed)
      result += " ~" + std::string{passed->key()};
    return result;
  }

  static std::string in_words(const event_delivery& event) {
    return "event to " + std::to_string(event.to.size());
  }

  presence_set set{{"n", 1, 0, 0}};
  diff_queue queue;
  diff_batcher batcher;
  tick_time now = 10s;
};

#define EXPECT_WORK(here, ...) CHECK_TEXTS((here).work(), __VA_ARGS__)

} // namespace

BOOST_AUTO_TEST_SUITE(diff_batcher_tests)

BOOST_AUTO_TEST_CASE(without_a_window_every_change_is_a_diff) {
  one_topic here{{0ms, false}};
  here.subscribe(1);
  here.join("a");
  here.update("a");
  here.leave("a");
  EXPECT_WORK(here, "1: state", "1: +a", "1: +a -a", "1: -a");
  BOOST_TEST(!here.batcher.next_deadline());
}

BOOST_AUTO_TEST_CASE(a_join_in_a_quiet_topic_goes_out_and_the_next_one_waits) {
  one_topic here;
  here.subscribe(1);
  here.join("a");
  EXPECT_WORK(here, "1: state", "1: +a");
  here.join("b");
  here.join("c");
  EXPECT_WORK(here, );
  BOOST_TEST((here.batcher.next_deadline() == here.now + 20ms));
  here.now += 20ms;
  EXPECT_WORK(here, "1: +b +c");
}

BOOST_AUTO_TEST_CASE(a_leave_waits_for_a_return) {
  one_topic here;
  here.join("a");
  here.subscribe(1);
  EXPECT_WORK(here, "1: state a");
  here.leave("a");
  EXPECT_WORK(here, );
  here.join("a", 2);
  EXPECT_WORK(here, "1: +a -a");
}

BOOST_AUTO_TEST_CASE(a_newcomer_gets_only_what_its_snapshot_lacks) {
  one_topic here;
  here.subscribe(1);
  here.join("first");
  EXPECT_WORK(here, "1: state", "1: +first");
  here.join("ghost");
  here.subscribe(2);
  here.leave("ghost");
  here.join("late");
  EXPECT_WORK(here, "2: state first ghost");
  here.now += 20ms;
  EXPECT_WORK(here, "1: +late ~ghost", "2: +late -ghost");
}

BOOST_AUTO_TEST_CASE(what_only_came_and_went_is_told_to_those_who_want_it) {
  one_topic here;
  here.subscribe(1);
  here.subscribe(2, true);
  here.join("first");
  here.work();
  here.join("ghost");
  here.leave("ghost");
  here.now += 20ms;
  here.work(); // The join was in a busy topic, its window is over.
  here.now += 20ms;
  here.join("x");
  here.leave("x");
  EXPECT_WORK(here, "2: ~x");
}

BOOST_AUTO_TEST_CASE(who_subscribes_again_starts_anew_and_is_told_once) {
  one_topic here{{0ms, false}};
  here.subscribe(1);
  here.join("a");
  here.subscribe(1);
  here.join("b");
  EXPECT_WORK(here, "1: state", "1: +a", "1: state a", "1: +b");
  BOOST_TEST(here.batcher.subscriptions() == 1u);
}

BOOST_AUTO_TEST_CASE(who_ended_is_in_no_topic_and_nothing_is_kept) {
  one_topic here{{0ms, false}};
  here.subscribe(1);
  here.work();
  BOOST_TEST(here.batcher.remove({1}) == words{"t"},
             boost::test_tools::per_element());
  here.join("a");
  EXPECT_WORK(here, );
  BOOST_TEST(here.batcher.topics() == 0u);
  BOOST_TEST(here.batcher.subscribers().empty());
  BOOST_TEST(here.batcher.remove({1}).empty());
}

BOOST_AUTO_TEST_CASE(hooks_hear_of_topics_without_subscribers) {
  one_topic here{{0ms, true}};
  here.join("a");
  here.subscribe(1);
  here.leave("a");
  EXPECT_WORK(here, "hooks: +a", "1: state a", "hooks,1: -a");
  here.unsubscribe(1);
  EXPECT_WORK(here, );
  BOOST_TEST(here.batcher.topics() == 0u);
}

BOOST_AUTO_TEST_CASE(a_driver_that_ends_between_deliveries_loses_none) {
  one_topic here{{0ms, false}};
  here.subscribe(1);
  here.join("a");
  here.join("b");
  here.batcher.put(here.queue.take());
  BOOST_TEST(here.batcher.next(here.now).has_value()); // And then it crashes.
  BOOST_TEST(here.deliveries() == (words{"1: +a", "1: +b"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(events_go_to_the_subscribers_of_their_topic) {
  one_topic here{{0ms, false}};
  here.queue.push(published_event{"t", std::make_shared<int>(1)});
  here.subscribe(1);
  here.subscribe(2);
  here.queue.push(published_event{"t", std::make_shared<int>(2)});
  here.queue.push(published_event{"other", std::make_shared<int>(3)});
  EXPECT_WORK(here, "1: state", "2: state", "event to 2");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(diff_queue_tests)

BOOST_AUTO_TEST_CASE(above_its_limit_the_queue_merges_to_the_net_effect) {
  one_topic here{{0ms, false}, {.changes_max = 3}};
  here.join("a");
  here.join("b");
  here.leave("a");
  BOOST_TEST(here.queue.size() == 3u);
  here.update("b");
  BOOST_TEST(here.queue.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_merge_keeps_the_place_of_a_newcomer) {
  one_topic here{{0ms, false}, {.changes_max = 2}};
  here.join("a");
  here.subscribe(1);
  here.leave("a");
  here.join("b");
  EXPECT_WORK(here, "1: state a", "1: -a", "1: +b");
}

BOOST_AUTO_TEST_CASE(events_above_the_limit_are_dropped_and_counted) {
  diff_queue queue{{.events_max = 1}};
  const auto content = std::make_shared<int>(1);
  BOOST_TEST(queue.push(published_event{"t", content}));
  BOOST_TEST(!queue.push(published_event{"t", content}));
  BOOST_TEST(queue.dropped_events() == 1u);
  BOOST_TEST(queue.take().size() == 1u);
  BOOST_TEST(queue.push(published_event{"t", content}));
}

BOOST_AUTO_TEST_SUITE_END()
#undef EXPECT_WORK
