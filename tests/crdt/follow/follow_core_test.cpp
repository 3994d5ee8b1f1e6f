#include "tests/crdt/follow/follow_world.hpp"
#include "tests/crdt/told_checks.hpp"

using namespace rollcall::crdt;
using namespace rollcall::crdt::test;

BOOST_FIXTURE_TEST_SUITE(follow_core_tests, follow_world)

BOOST_AUTO_TEST_CASE(a_follower_is_told_who_is_online_and_then_each_change) {
  join("lobby", "eve");
  follow(ann, {"eve", "joe"});
  follow(bob, {"joe"});
  CHECK_TOLD("1: +eve -joe", "2: -joe");
  join("lobby", "joe");
  CHECK_TOLD("joe on: 1 2");
  leave("lobby", "joe");
  CHECK_TOLD();
  now += 25ms;
  CHECK_TOLD("joe off: 1 2");
}

BOOST_AUTO_TEST_CASE(a_key_is_online_from_its_first_presence_to_its_last) {
  follow(ann, {"eve"});
  told();
  join("lobby", "eve", 1);
  join("match:1", "eve", 2);
  CHECK_TOLD("eve on: 1");
  leave("lobby", "eve", 1);
  now += 1s;
  CHECK_TOLD();
  leave("match:1", "eve", 2);
  BOOST_TEST((core.next_deadline() == now + 25ms));
  CHECK_TOLD_AFTER(25ms, "eve off: 1");
}

BOOST_AUTO_TEST_CASE(a_leave_and_a_join_within_the_window_are_nothing) {
  join("lobby", "eve");
  follow(ann, {"eve"});
  told();
  leave("lobby", "eve");
  now += 20ms;
  join("match:1", "eve");
  now += 1s;
  CHECK_TOLD();
  leave("match:1", "eve"); // A window of its own.
  CHECK_TOLD_AFTER(25ms, "eve off: 1");
}

BOOST_AUTO_TEST_CASE(who_came_and_went_before_anybody_was_told_is_nothing) {
  follow(ann, {"eve"});
  told();
  join("lobby", "eve");
  leave("lobby", "eve");
  now += 1s;
  CHECK_TOLD();
}

BOOST_AUTO_TEST_CASE(an_end_that_is_told_before_its_begin_is_nothing) {
  follow(ann, {"eve"});
  told();
  const auto joined = set.join("lobby", stored_entry::make("eve", "{}", 1));
  const auto left = set.leave("lobby", "eve", 1);
  core.take({&*left, 1}, now);
  BOOST_TEST(!core.is_online("eve", ""));
  core.take({&*joined, 1}, now);
  now += 1s;
  CHECK_TOLD();
  BOOST_TEST(core.keys() == 1u);
}

BOOST_AUTO_TEST_CASE(topics_that_begin_with_a_prefix_are_a_world_of_their_own) {
  join("lobby", "eve");
  follow(ann, {"eve"}, "match:");
  follow(bob, {"eve"});
  CHECK_TOLD("1: -eve", "2: +eve");
  join("match:1", "eve");
  CHECK_TOLD("match:eve on: 1");
  BOOST_TEST(core.is_online("eve", "match:1"));
  BOOST_TEST(!core.is_online("eve", "match:2"));
  leave("match:1", "eve");
  now += 25ms;
  CHECK_TOLD("match:eve off: 1");
  core.unfollow(ann, "", texts{"eve"}); // Another scope: not this one.
  BOOST_TEST(core.follows() == 2u);
  core.unfollow(ann, "match:", texts{"eve"});
  BOOST_TEST(core.follows() == 1u);
}

BOOST_AUTO_TEST_CASE(an_update_is_nothing) {
  join("lobby", "eve");
  follow(ann, {"eve"});
  told();
  const auto changed
      = set.update("lobby", stored_entry::make("eve", R"({"a":1})", 1));
  core.take({&*changed, 1}, now);
  now += 1s;
  CHECK_TOLD();
}

BOOST_AUTO_TEST_CASE(a_newcomer_starts_from_what_the_others_were_told) {
  join("lobby", "eve");
  follow(ann, {"eve"});
  told();
  leave("lobby", "eve");
  join("lobby", "joe");
  follow(bob, {"eve", "joe"});
  CHECK_TOLD("2: +eve +joe");
  now += 25ms;
  CHECK_TOLD("eve off: 1 2");
}

BOOST_AUTO_TEST_CASE(keys_that_are_followed_already_are_told_again) {
  follow(ann, {"eve"});
  told();
  follow(ann, {"eve", "joe", "eve"});
  CHECK_TOLD("1: -eve -joe");
  BOOST_TEST(core.follows() == 2u);
}

BOOST_AUTO_TEST_CASE(who_unfollows_hears_no_more) {
  follow(ann, {"eve", "joe"});
  follow(bob, {"eve"});
  told();
  core.unfollow(ann, "", texts{"eve", "nobody"});
  join("lobby", "eve");
  CHECK_TOLD("eve on: 2");
  core.forget(bob);
  core.forget(bob);
  BOOST_TEST(!core.is_following(bob));
  BOOST_TEST(core.is_following(ann));
  leave("lobby", "eve");
  now += 1s;
  CHECK_TOLD();
}

// What stands last takes the place of what goes, on both sides.
BOOST_AUTO_TEST_CASE(
    follows_that_end_in_any_order_leave_the_others_as_they_are) {
  const texts keys{"a", "b", "c"};
  for (const auto& first : keys)
    for (const auto& second : keys) {
      follow(ann, keys);
      follow(bob, keys);
      told();
      core.unfollow(ann, "", texts{first});
      core.unfollow(ann, "", texts{second});
      BOOST_TEST(core.follows() == (first == second ? 5u : 4u));
      for (const auto& key : keys) {
        join("lobby", key);
        const bool is_ended = key == first || key == second;
        CHECK_TOLD(key + (is_ended ? " on: 2" : " on: 1 2"));
        leave("lobby", key);
      }
      core.forget(bob);
      core.forget(ann);
      BOOST_TEST(core.follows() == 0u);
    }
}

BOOST_AUTO_TEST_CASE(who_ends_before_its_state_was_told_gets_none) {
  follow(ann, {"eve"});
  core.forget(ann);
  follow(bob, {"eve", "joe"});
  core.unfollow(bob, "", texts{"eve"});
  CHECK_TOLD("2: -joe");
  BOOST_TEST(!core.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(what_a_follower_may_follow_is_bounded) {
  follow(ann, {"a", "b", "c"});
  BOOST_TEST((core.follow(ann, "", texts{"c", "d", "e"})
              == follow_core::answer::too_many));
  BOOST_TEST(core.follows() == 3u);
  follow(ann, {"c", "d"});
  BOOST_TEST((core.follow(bob, "", texts{"1", "2", "3", "4", "5"})
              == follow_core::answer::too_many));
  BOOST_TEST(!core.is_following(bob));
  follow(bob, {"1"});
  BOOST_TEST(
      (core.follow(bob, "", texts{"2"}) == follow_core::answer::calls_waiting));
  told();
  follow(bob, {"2"});
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_of_keys_that_nobody_has_or_follows) {
  join("lobby", "eve");
  follow(ann, {"eve", "joe"}, "lobby");
  leave("lobby", "eve");
  core.forget(ann);
  BOOST_TEST(core.keys() == 0u);
  BOOST_TEST(core.follows() == 0u);
  BOOST_TEST(core.followers() == 0u);
  CHECK_TOLD();
  BOOST_TEST(!core.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(lost_deliveries_are_made_good_by_new_states) {
  follow(ann, {"eve", "joe"});
  follow(ann, {"eve"}, "match:");
  told();
  join("match:1", "eve");
  told(); // Nobody gets it.
  core.tell_all_again();
  CHECK_TOLD("1: +eve -joe", "1: +eve");
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
