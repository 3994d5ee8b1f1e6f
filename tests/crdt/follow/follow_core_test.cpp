#include "tests/crdt/follow/follow_world.hpp"

using namespace rollcall::crdt;
using namespace rollcall::crdt::test;

#define CHECK_TOLD(where, ...)                                                 \
  BOOST_TEST((where).told() == (texts{__VA_ARGS__}),                           \
             boost::test_tools::per_element())

BOOST_AUTO_TEST_SUITE(follow_core_tests)

BOOST_AUTO_TEST_CASE(a_follower_is_told_who_is_online_and_then_each_change) {
  follow_world here;
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
  follow_world here;
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
  follow_world here;
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
  follow_world here;
  here.follow(ann, {"eve"});
  here.told();
  here.join("lobby", "eve");
  here.leave("lobby", "eve");
  here.now += 1s;
  CHECK_TOLD(here);
}

BOOST_AUTO_TEST_CASE(an_end_that_is_told_before_its_begin_is_nothing) {
  follow_world here;
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
  follow_world here;
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
  follow_world here;
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
  follow_world here;
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
  follow_world here;
  here.follow(ann, {"eve"});
  here.told();
  here.follow(ann, {"eve", "joe", "eve"});
  CHECK_TOLD(here, "1: -eve -joe");
  BOOST_TEST(here.core.follows() == 2u);
}

BOOST_AUTO_TEST_CASE(who_unfollows_hears_no_more) {
  follow_world here;
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
  follow_world here;
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
  follow_world here;
  here.follow(ann, {"eve"});
  here.core.forget(ann);
  here.follow(bob, {"eve", "joe"});
  here.core.unfollow(bob, "", texts{"eve"});
  CHECK_TOLD(here, "2: -joe");
  BOOST_TEST(!here.core.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(what_a_follower_may_follow_is_bounded) {
  follow_world here;
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
  follow_world here;
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
  follow_world here;
  here.follow(ann, {"eve", "joe"});
  here.follow(ann, {"eve"}, "match:");
  here.told();
  here.join("match:1", "eve");
  here.told(); // Nobody gets it.
  here.core.tell_all_again();
  CHECK_TOLD(here, "1: +eve -joe", "1: +eve");
}

BOOST_AUTO_TEST_CASE(who_follows_many_keys_ends_to_follow_some_of_them) {
  follow_core many{{25ms, 100, 10, {}}};
  texts keys;
  for (int i = 0; i < 50; ++i)
    keys.push_back("key" + std::to_string(i));
  BOOST_TEST((many.follow(ann, {}, keys) == follow_core::answer::done));
  BOOST_TEST(
      (many.follow(bob, {}, texts{"key7"}) == follow_core::answer::done));
  many.unfollow(ann, {}, texts{"key7", "key49", "key7", "nobody"});
  BOOST_TEST(many.follows() == 49u);
  BOOST_TEST(many.keys() == 49u); // Bob follows key7.
  many.unfollow(ann, {}, keys);
  BOOST_TEST(many.follows() == 1u);
  BOOST_TEST(!many.is_following(ann));
}

BOOST_AUTO_TEST_SUITE_END()
