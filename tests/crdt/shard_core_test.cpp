#include "crdt/shard/shard_core.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace rollcall;
using namespace rollcall::crdt;

namespace {

/// One shard without a driver, and what its last step led to.
struct one_shard {
  explicit one_shard(shard_settings settings = {})
      : core{{"n", 1, 0, 0}, settings} {
  }

  shard_answer track(const std::string& key, std::uint64_t owner,
                     std::uint32_t linger_ms = 0) {
    out.clear();
    return core.track("t", stored_entry::make(key, "{}", owner, linger_ms), now,
                      out);
  }

  shard_answer update(const std::string& key, std::uint64_t owner,
                      std::optional<dot> before = {}) {
    out.clear();
    return core.update("t", stored_entry::make(key, "{\"v\":1}", owner), before,
                       now, out);
  }

  void untrack(const std::string& key, std::uint64_t owner) {
    out.clear();
    core.untrack("t", key, owner, now, out);
  }

  void end(std::uint64_t owner, bool lingers) {
    out.clear();
    core.owner_ended(owner, lingers ? leave_reason::lost : leave_reason::left,
                     now, out);
  }

  void tick_at(tick_time when) {
    now = when;
    out.clear();
    core.tick(now, out);
  }

  refusal subscribe(std::uint64_t who) {
    out.clear();
    return core.subscribe("t", {who}, false, out).why;
  }

  /// Who the last step says is to be monitored, and who no more.
  std::vector<std::string> watches() const {
    std::vector<std::string> result;
    for (const auto& each : out.owners)
      result.push_back((each.starts ? "+" : "-") + std::to_string(each.owner));
    return result;
  }

  std::size_t present() const {
    return core.set().size();
  }

  shard_core core;
  shard_effects out;
  tick_time now = 10s;
};

using words = std::vector<std::string>;

shard_settings with_room_for_one() {
  shard_settings result;
  result.presences_per_topic_max = 1;
  result.subscribers_per_topic_max = 1;
  result.waiting.subscriptions_max = 2;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(shard_core_tests)

BOOST_AUTO_TEST_CASE(
    an_owner_is_monitored_from_its_first_presence_to_its_last) {
  one_shard here;
  here.track("a", 7);
  BOOST_TEST(here.watches() == words{"+7"}, boost::test_tools::per_element());
  here.track("b", 7);
  BOOST_TEST(here.watches().empty());
  here.untrack("a", 7);
  BOOST_TEST(here.watches().empty());
  here.untrack("b", 7);
  BOOST_TEST(here.watches() == words{"-7"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_owner_that_ended_need_not_be_monitored_less) {
  one_shard here;
  here.track("a", 7);
  here.end(7, true);
  BOOST_TEST(here.watches().empty());
  BOOST_TEST(here.present() == 0u);
}

BOOST_AUTO_TEST_CASE(a_refused_track_changes_nothing_and_is_counted) {
  one_shard here{with_room_for_one()};
  here.track("a", 7);
  BOOST_TEST((here.track("a", 7).why == refusal::already_tracked
              || here.core.set().size() == 1u));
  const auto full = here.track("b", 8);
  BOOST_TEST((full.why == refusal::too_many_presences));
  BOOST_TEST(full.count == 1u);
  BOOST_TEST(here.watches().empty());
  BOOST_TEST(here.out.changes.empty());
  BOOST_TEST(here.core.counters().refusals == 2u);
}

BOOST_AUTO_TEST_CASE(an_update_of_a_version_that_was_replaced_is_a_conflict) {
  one_shard here;
  const auto first = here.track("a", 7);
  const auto second = here.update("a", 7, first.dot);
  BOOST_TEST((second.why == refusal::none));
  BOOST_TEST(second.previous_seq == first.dot.seq);
  BOOST_TEST((here.update("a", 7, first.dot).why == refusal::conflict));
  BOOST_TEST((here.update("b", 7).why == refusal::not_tracked));
}

BOOST_AUTO_TEST_CASE(a_linger_ends_at_its_time_and_asks_to_be_woken_for_it) {
  one_shard here;
  here.track("a", 7, 500);
  here.end(7, true);
  BOOST_TEST(here.present() == 1u);
  BOOST_TEST((here.core.next_wake_up() == tick_time{10'500ms}));
  here.tick_at(10'499ms);
  BOOST_TEST(here.present() == 1u);
  here.tick_at(10'500ms);
  BOOST_TEST(here.present() == 0u);
  BOOST_TEST(here.out.changes.size() == 1u);
  BOOST_TEST(!here.core.next_wake_up());
}

BOOST_AUTO_TEST_CASE(an_owner_that_ends_in_good_order_leaves_at_once) {
  one_shard here;
  here.track("a", 7, 500);
  here.end(7, false);
  BOOST_TEST(here.present() == 0u);
}

BOOST_AUTO_TEST_CASE(a_new_presence_takes_the_place_of_one_that_lingers) {
  one_shard here;
  const auto first = here.track("a", 7, 500);
  here.end(7, true);
  const auto second = here.track("a", 8);
  BOOST_TEST(second.previous_seq == first.dot.seq);
  BOOST_TEST(here.out.changes.size() == 1u);
  here.tick_at(20s);
  BOOST_TEST(here.present() == 1u);
}

BOOST_AUTO_TEST_CASE(
    an_owner_that_has_a_key_does_not_get_it_twice_by_a_linger) {
  one_shard here;
  here.track("a", 7, 500);
  here.track("a", 8);
  here.end(7, true);
  BOOST_TEST((here.track("a", 8).why == refusal::already_tracked));
  BOOST_TEST(here.present() == 2u);
  here.tick_at(20s);
  BOOST_TEST(here.present() == 1u);
}

BOOST_AUTO_TEST_CASE(an_update_that_comes_late_does_not_revive_who_lingers) {
  one_shard here;
  here.track("a", 7, 500);
  here.end(7, true);
  BOOST_TEST((here.update("a", 7).why == refusal::not_tracked));
  here.tick_at(20s);
  BOOST_TEST(here.present() == 0u);
}

BOOST_AUTO_TEST_CASE(an_untrack_ends_a_linger_and_the_next_one_is_found) {
  one_shard here;
  here.track("a", 7, 500);
  const auto other = here.track("a", 8, 900);
  here.end(7, true);
  here.end(8, true);
  here.untrack("a", 7);
  BOOST_TEST(here.watches().empty());
  BOOST_TEST(here.track("a", 9).previous_seq == other.dot.seq);
  BOOST_TEST(here.present() == 1u);
}

BOOST_AUTO_TEST_CASE(a_linger_goes_on_under_a_later_incarnation) {
  one_shard here;
  here.track("x", 6);
  here.track("a", 7, 500);
  here.end(7, true);
  here.out.clear();
  here.core.take(node_changed{{node_event_kind::conflict, {"n", 5}}}, here.now,
                 here.out);
  BOOST_TEST(here.core.set().self().incarnation == 5u);
  here.tick_at(10'500ms);
  BOOST_TEST(here.present() == 1u);
  here.untrack("x", 6);
  BOOST_TEST(here.watches() == words{"-6"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(only_what_somebody_watches_waits_for_the_dispatcher) {
  one_shard here;
  here.track("a", 7);
  BOOST_TEST(!here.out.wakes_dispatcher);
  BOOST_TEST(here.core.queue().size() == 0u);
  here.subscribe(1);
  BOOST_TEST(here.out.wakes_dispatcher);
  here.track("b", 7);
  BOOST_TEST(!here.out.wakes_dispatcher); // It has been woken.
  BOOST_TEST(here.core.take_items().size() == 2u);
  here.core.forget_subscriber("t", {1});
  here.track("c", 7);
  BOOST_TEST(here.core.queue().size() == 0u);
}

BOOST_AUTO_TEST_CASE(hooks_make_every_topic_a_watched_one) {
  shard_settings settings;
  settings.has_hooks = true;
  one_shard here{settings};
  here.track("a", 7);
  BOOST_TEST(here.out.wakes_dispatcher);
}

BOOST_AUTO_TEST_CASE(subscribers_of_a_topic_and_in_the_queue_are_bounded) {
  one_shard here{with_room_for_one()};
  BOOST_TEST((here.subscribe(1) == refusal::none));
  BOOST_TEST((here.subscribe(2) == refusal::too_many_subscribers));
  BOOST_TEST((here.subscribe(1) == refusal::none)); // It starts anew.
  BOOST_TEST((here.subscribe(1) == refusal::subscriptions_waiting));
  static_cast<void>(here.core.take_items());
  BOOST_TEST((here.subscribe(1) == refusal::none));
}

BOOST_AUTO_TEST_CASE(an_end_of_a_subscription_that_was_not_says_nothing) {
  one_shard here;
  here.core.unsubscribe("t", {1}, here.out);
  BOOST_TEST(here.core.queue().size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_write_waits_for_a_flush_only_if_there_is_a_peer) {
  one_shard here;
  here.track("a", 7);
  BOOST_TEST(!here.core.has_flush());
  here.core.take(peer_connected{"m"}, here.now, here.out);
  here.track("b", 7);
  BOOST_TEST(here.core.has_flush());
  BOOST_TEST((here.core.next_wake_up() == here.now));
  BOOST_TEST(here.core.lag("m", here.now + 1s).behind == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
