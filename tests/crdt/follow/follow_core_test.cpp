#include "crdt/follow/follow_core.hpp"
#include "crdt/presence_set.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

using namespace std::chrono_literals;
using namespace rollcall::crdt;

namespace {

using texts = std::vector<std::string>;

constexpr subscriber_id ann{1};
constexpr subscriber_id bob{2};

/// Presences, and who follows their keys.
struct world {
  void join(const std::string& topic, const std::string& key,
            std::uint64_t owner = 1) {
    const auto changed = set.join(topic, stored_entry::make(key, "{}", owner));
    core.take({&*changed, 1}, now);
  }

  void leave(const std::string& topic, const std::string& key,
             std::uint64_t owner = 1) {
    const auto changed = set.leave(topic, key, owner);
    core.take({&*changed, 1}, now);
  }

  void follow(subscriber_id who, const texts& keys,
              const std::string& prefix = {}) {
    BOOST_TEST((core.follow(who, prefix, keys) == follow_core::answer::done));
  }

  /// All that is to be told now: "1: +eve -joe" is a state for follower 1,
  /// "eve on: 1 2" a change for both.
  texts told() {
    texts result;
    while (const auto next = core.next(now))
      result.push_back(
          std::visit([](const auto& one) { return text_of(one); }, *next));
    return result;
  }

  static std::string text_of(const follow_state_delivery& one) {
    auto result = std::to_string(one.to.value) + ":";
    for (const auto& key : one.online)
      result += " +" + key;
    for (const auto& key : one.offline)
      result += " -" + key;
    return result;
  }

  static std::string text_of(const status_delivery& one) {
    auto result
        = one.topic_prefix + one.key + (one.is_online ? " on:" : " off:");
    for (const auto& to : one.to)
      result += " " + std::to_string(to.value);
    return result;
  }

  presence_set set{{"node", 1, 0, 0}};
  follow_core core{{25ms, 4, 3, {}}};
  tick_time now{1s};
};

} // namespace

#define CHECK_TOLD(where, ...)                                                 \
  BOOST_TEST((where).told() == (texts{__VA_ARGS__}),                           \
             boost::test_tools::per_element())

BOOST_AUTO_TEST_SUITE(follow_core_tests)

BOOST_AUTO_TEST_CASE(a_follower_is_told_who_is_online_and_then_each_change) {
  world here;
  here.join("lobby", "eve");
  here.follow(ann, {"eve", "joe"});
  here.follow(bob, {"joe"});
  CHECK_TOLD(here, "1: +eve -joe", "2: -joe");
  here.join("lobby", "joe");
  CHECK_TOLD(here, "joe on: 1 2");
  here.leave("lobby", "joe");
  CHECK_TOLD(here);
  here.now += 25ms;
  CHECK_TOLD(here, "joe off: 1 2");
}

BOOST_AUTO_TEST_CASE(a_key_is_online_from_its_first_presence_to_its_last) {
  world here;
  here.follow(ann, {"eve"});
  here.told();
  here.join("lobby", "eve", 1);
  here.join("match:1", "eve", 2);
  CHECK_TOLD(here, "eve on: 1");
  here.leave("lobby", "eve", 1);
  here.now += 1s;
  CHECK_TOLD(here);
  here.leave("match:1", "eve", 2);
  BOOST_TEST((here.core.next_deadline() == here.now + 25ms));
  here.now += 24ms;
  CHECK_TOLD(here);
  here.now += 1ms;
  CHECK_TOLD(here, "eve off: 1");
}

BOOST_AUTO_TEST_CASE(a_leave_and_a_join_within_the_window_are_nothing) {
  world here;
  here.join("lobby", "eve");
  here.follow(ann, {"eve"});
  here.told();
  here.leave("lobby", "eve");
  here.now += 20ms;
  here.join("match:1", "eve");
  here.now += 1s;
  CHECK_TOLD(here);
  here.leave("match:1", "eve"); // A window of its own.
  here.now += 24ms;
  CHECK_TOLD(here);
  here.now += 1ms;
  CHECK_TOLD(here, "eve off: 1");
}

BOOST_AUTO_TEST_CASE(who_came_and_went_before_anybody_was_told_is_nothing) {
  world here;
  here.follow(ann, {"eve"});
  here.told();
  here.join("lobby", "eve");
  here.leave("lobby", "eve");
  here.now += 1s;
  CHECK_TOLD(here);
}

BOOST_AUTO_TEST_CASE(an_end_that_is_told_before_its_begin_is_nothing) {
  world here;
  here.follow(ann, {"eve"});
  here.told();
  const auto joined
      = here.set.join("lobby", stored_entry::make("eve", "{}", 1));
  const auto left = here.set.leave("lobby", "eve", 1);
  here.core.take({&*left, 1}, here.now);
  BOOST_TEST(!here.core.is_online("eve", ""));
  here.core.take({&*joined, 1}, here.now);
  here.now += 1s;
  CHECK_TOLD(here);
  BOOST_TEST(here.core.keys() == 1u);
}

BOOST_AUTO_TEST_CASE(topics_that_begin_with_a_prefix_are_a_world_of_their_own) {
  world here;
  here.join("lobby", "eve");
  here.follow(ann, {"eve"}, "match:");
  here.follow(bob, {"eve"});
  CHECK_TOLD(here, "1: -eve", "2: +eve");
  here.join("match:1", "eve");
  CHECK_TOLD(here, "match:eve on: 1");
  BOOST_TEST(here.core.is_online("eve", "match:1"));
  BOOST_TEST(!here.core.is_online("eve", "match:2"));
  here.leave("match:1", "eve");
  here.now += 25ms;
  CHECK_TOLD(here, "match:eve off: 1");
  here.core.unfollow(ann, "", texts{"eve"}); // Another scope: not this one.
  BOOST_TEST(here.core.follows() == 2u);
  here.core.unfollow(ann, "match:", texts{"eve"});
  BOOST_TEST(here.core.follows() == 1u);
}

BOOST_AUTO_TEST_CASE(an_update_is_nothing) {
  world here;
  here.join("lobby", "eve");
  here.follow(ann, {"eve"});
  here.told();
  const auto changed
      = here.set.update("lobby", stored_entry::make("eve", R"({"a":1})", 1));
  here.core.take({&*changed, 1}, here.now);
  here.now += 1s;
  CHECK_TOLD(here);
}

BOOST_AUTO_TEST_CASE(a_newcomer_starts_from_what_the_others_were_told) {
  world here;
  here.join("lobby", "eve");
  here.follow(ann, {"eve"});
  here.told();
  here.leave("lobby", "eve");
  here.join("lobby", "joe");
  here.follow(bob, {"eve", "joe"});
  CHECK_TOLD(here, "2: +eve +joe");
  here.now += 25ms;
  CHECK_TOLD(here, "eve off: 1 2");
}

BOOST_AUTO_TEST_CASE(keys_that_are_followed_already_are_told_again) {
  world here;
  here.follow(ann, {"eve"});
  here.told();
  here.follow(ann, {"eve", "joe", "eve"});
  CHECK_TOLD(here, "1: -eve -joe");
  BOOST_TEST(here.core.follows() == 2u);
}

BOOST_AUTO_TEST_CASE(who_unfollows_hears_no_more) {
  world here;
  here.follow(ann, {"eve", "joe"});
  here.follow(bob, {"eve"});
  here.told();
  here.core.unfollow(ann, "", texts{"eve", "nobody"});
  here.join("lobby", "eve");
  CHECK_TOLD(here, "eve on: 2");
  here.core.forget(bob);
  here.core.forget(bob);
  BOOST_TEST(!here.core.is_following(bob));
  BOOST_TEST(here.core.is_following(ann));
  here.leave("lobby", "eve");
  here.now += 1s;
  CHECK_TOLD(here);
}

// What stands last takes the place of what goes, on both sides.
BOOST_AUTO_TEST_CASE(
    follows_that_end_in_any_order_leave_the_others_as_they_are) {
  world here;
  const texts keys{"a", "b", "c"};
  for (const auto& first : keys)
    for (const auto& second : keys) {
      here.follow(ann, keys);
      here.follow(bob, keys);
      here.told();
      here.core.unfollow(ann, "", texts{first});
      here.core.unfollow(ann, "", texts{second});
      BOOST_TEST(here.core.follows() == (first == second ? 5u : 4u));
      for (const auto& key : keys) {
        here.join("lobby", key);
        const bool is_ended = key == first || key == second;
        CHECK_TOLD(here, key + (is_ended ? " on: 2" : " on: 1 2"));
        here.leave("lobby", key);
      }
      here.core.forget(bob);
      here.core.forget(ann);
      BOOST_TEST(here.core.follows() == 0u);
    }
}

BOOST_AUTO_TEST_CASE(who_ends_before_its_state_was_told_gets_none) {
  world here;
  here.follow(ann, {"eve"});
  here.core.forget(ann);
  here.follow(bob, {"eve", "joe"});
  here.core.unfollow(bob, "", texts{"eve"});
  CHECK_TOLD(here, "2: -joe");
  BOOST_TEST(!here.core.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(what_a_follower_may_follow_is_bounded) {
  world here;
  here.follow(ann, {"a", "b", "c"});
  BOOST_TEST((here.core.follow(ann, "", texts{"c", "d", "e"})
              == follow_core::answer::too_many));
  BOOST_TEST(here.core.follows() == 3u);
  here.follow(ann, {"c", "d"});
  BOOST_TEST((here.core.follow(bob, "", texts{"1", "2", "3", "4", "5"})
              == follow_core::answer::too_many));
  BOOST_TEST(!here.core.is_following(bob));
  here.follow(bob, {"1"});
  BOOST_TEST((here.core.follow(bob, "", texts{"2"})
              == follow_core::answer::calls_waiting));
  here.told();
  here.follow(bob, {"2"});
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_of_keys_that_nobody_has_or_follows) {
  world here;
  here.join("lobby", "eve");
  here.follow(ann, {"eve", "joe"}, "lobby");
  here.leave("lobby", "eve");
  here.core.forget(ann);
  BOOST_TEST(here.core.keys() == 0u);
  BOOST_TEST(here.core.follows() == 0u);
  BOOST_TEST(here.core.followers() == 0u);
  CHECK_TOLD(here);
  BOOST_TEST(!here.core.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(lost_deliveries_are_made_good_by_new_states) {
  world here;
  here.follow(ann, {"eve", "joe"});
  here.follow(ann, {"eve"}, "match:");
  here.told();
  here.join("match:1", "eve");
  here.told(); // Nobody gets it.
  here.core.tell_all_again();
  CHECK_TOLD(here, "1: +eve -joe", "1: +eve");
}

BOOST_AUTO_TEST_SUITE_END()
