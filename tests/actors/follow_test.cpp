#include "tests/actors/fault.hpp"
#include "tests/actors/listening_node.hpp"

#include <caf/scoped_actor.hpp>

#include <boost/test/unit_test.hpp>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::texts;

namespace {

/// "state +eve -joe".
std::string words_of(const follow_state& state) {
  auto line = "state"s;
  for (const auto& key : state.online)
    line += " +" + key;
  for (const auto& key : state.offline)
    line += " -" + key;
  return line;
}

std::string came(const came_online& one) {
  return one.key + " on";
}

std::string went(const went_offline& one) {
  return one.key + " off";
}

struct followers : test::listening_node {
  followers() : listening_node{settings()} {
  }

  static config settings() {
    config result;
    result.diff_window = 25ms;
    result.follows_max = 1500;
    return result;
  }

  caf::actor follower() {
    return listener(words_of, came, went);
  }

  /// @returns "done", or the name of an error.
  std::string follow(const caf::actor& from, const texts& keys,
                     const std::string& prefix = {}) {
    auto answer = std::make_shared<std::string>("silence");
    in(from, [=, this](caf::event_based_actor* self) {
      who.follow(self, keys, prefix)
          .then([=] { *answer = "done"; },
                [=](const caf::error& problem) { *answer = name(problem); });
    });
    return *answer;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(follow_tests, followers)

BOOST_AUTO_TEST_CASE(a_follower_hears_of_the_first_presence_and_of_the_last) {
  const auto eve = owner(), phone = owner();
  track(eve, "lobby", "eve");
  const auto ann = follower();
  BOOST_TEST(follow(ann, {"eve", "joe"}) == "done");
  CHECK_HEARD("state +eve -joe");
  track(phone, "match:1", "eve");
  track(owner(), "match:1", "joe");
  caf::anon_send_exit(eve, caf::exit_reason::kill);
  world.advance(1s);
  CHECK_HEARD("state +eve -joe", "joe on");
  caf::anon_send_exit(phone, caf::exit_reason::kill);
  world.advance(24ms);
  BOOST_TEST(heard->size() == 2u);
  world.advance(1ms);
  CHECK_HEARD("state +eve -joe", "joe on", "eve off");
}

BOOST_AUTO_TEST_CASE(who_is_back_within_the_window_was_never_away) {
  const auto ann = follower(), eve = owner();
  track(eve, "lobby", "eve");
  follow(ann, {"eve"});
  caf::anon_send_exit(eve, caf::exit_reason::kill);
  world.advance(20ms);
  track(owner(), "lobby", "eve");
  world.advance(1s);
  CHECK_HEARD("state +eve");
  BOOST_TEST(world.timers() == 0u);
}

BOOST_AUTO_TEST_CASE(who_lingers_is_online) {
  const auto ann = follower(), eve = owner();
  track(eve, "lobby", "eve", "{}", {2000});
  follow(ann, {"eve"});
  caf::anon_send_exit(eve, caf::exit_reason::kill);
  world.advance(1999ms);
  CHECK_HEARD("state +eve");
  world.advance(26ms);
  CHECK_HEARD("state +eve", "eve off");
}

BOOST_AUTO_TEST_CASE(a_prefix_makes_other_topics_count_for_nothing) {
  const auto ann = follower(), eve = owner();
  track(eve, "lobby", "eve");
  follow(ann, {"eve"}, "match:");
  track(eve, "match:1", "eve");
  CHECK_HEARD("state -eve", "eve on");
  CHECK_TEXTS(who.online({"eve", "joe"}), "eve");
  BOOST_TEST(who.online({"eve"}, "match:2").empty());
}

BOOST_AUTO_TEST_CASE(who_unfollows_hears_no_more) {
  const auto ann = follower();
  follow(ann, {"eve", "joe"});
  BOOST_TEST(!who.unfollow(ann, {"eve"}));
  track(owner(), "lobby", "eve");
  BOOST_TEST(!who.unfollow(ann));
  track(owner(), "lobby", "joe");
  CHECK_HEARD("state -eve -joe");
  BOOST_TEST(who.stats().followers == 0u);
  BOOST_TEST(who.stats().follows == 0u);
  follow(ann, {"joe"});
  CHECK_HEARD("state -eve -joe", "state +joe");
}

BOOST_AUTO_TEST_CASE(a_follower_that_ended_is_forgotten) {
  const auto ann = follower();
  follow(ann, {"eve"});
  BOOST_TEST(who.stats().follows == 1u);
  caf::anon_send_exit(ann, caf::exit_reason::kill);
  world.settle();
  BOOST_TEST(who.stats().follows == 0u);
}

BOOST_AUTO_TEST_CASE(a_plain_thread_follows_for_an_actor) {
  const auto ann = follower();
  BOOST_TEST(!who.follow(ann, {"eve"}));
  track(owner(), "lobby", "eve");
  CHECK_HEARD("state -eve", "eve on");
}

BOOST_AUTO_TEST_CASE(too_many_keys_are_refused_with_a_sentence) {
  const auto ann = follower();
  texts many;
  for (int i = 0; i < 1001; ++i)
    many.push_back("user" + std::to_string(i));
  BOOST_TEST(describe(who.follow(ann, many))
             == "too_many_follows: 1001 keys in one call, 1000 are allowed");
  many.pop_back();
  BOOST_TEST(follow(ann, many) == "done");
  BOOST_TEST(follow(ann, many) == "done");
  BOOST_TEST(follow(ann, many, "match:") == "too_many_follows");
  BOOST_TEST(describe(who.follow(ann, many, "match:"))
             == "too_many_follows: the actor would follow more than 1500 keys, "
                "the most that follows_max allows");
  BOOST_TEST(who.stats().follows == 1000u);
}

BOOST_AUTO_TEST_CASE(who_follows_no_keys_is_told_an_empty_state) {
  const auto ann = follower();
  BOOST_TEST(follow(ann, {}) == "done");
  CHECK_HEARD("state");
  BOOST_TEST(who.stats().followers == 0u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_followed_cannot_be_unfollowed) {
  const auto ann = follower();
  BOOST_TEST((code_of(who.unfollow(ann, {""})) == ec::invalid_key));
  BOOST_TEST((code_of(who.unfollow(ann, {"a"}, "\xff")) == ec::invalid_topic));
  BOOST_TEST(describe(who.unfollow(ann, texts(1001, "a")))
             == "too_many_follows: 1001 keys in one call, 1000 are allowed");
  BOOST_TEST(!who.unfollow(ann, texts(1000, "a")));
  BOOST_TEST(who.stats().refusals == 3u);
}

BOOST_AUTO_TEST_CASE(refused_follows_and_counts_are_counted) {
  const auto ann = follower();
  follow(ann, {""});
  BOOST_TEST(who.stats().refusals == 1u);
  BOOST_TEST((code_of(who.watch_counts(ann, "")) == ec::invalid_topic));
  BOOST_TEST(!who.find_online({"a", ""}));
  BOOST_TEST(who.stats().refusals == 3u);
}

BOOST_AUTO_TEST_CASE(who_is_online_is_found_once_and_for_names_that_can_be) {
  track(owner(), "lobby", "eve");
  CHECK_TEXTS(*who.find_online({"eve", "joe", "eve"}), "eve");
  BOOST_TEST((code_of(who.find_online({"eve"}, std::string(256, 'p')).error())
              == ec::invalid_topic));
  BOOST_TEST((code_of(who.find_online(texts(1001, "a")).error())
              == ec::too_many_follows));
  BOOST_TEST((code_of(who.find_online({""}).error()) == ec::invalid_key));
}

BOOST_AUTO_TEST_CASE(a_mistake_of_the_caller_ends_in_words) {
  const auto ann = follower();
  BOOST_TEST(follow(ann, {"eve", ""}) == "invalid_key");
  BOOST_TEST(follow(ann, {"eve"}, "\xff") == "invalid_topic");
  BOOST_TEST(describe(who.follow(caf::actor{}, {"eve"}))
             == "invalid_owner: no follower was given");
  BOOST_TEST((code_of(presence{}.follow(ann, {"eve"})) == ec::not_started));
  BOOST_TEST((code_of(presence{}.unfollow(ann)) == ec::not_started));
  BOOST_TEST(presence{}.online({"eve"}).empty());
  BOOST_TEST(!who.unfollow(caf::actor{}));
  BOOST_TEST(follow(ann, {}) == "done");
  who.request_stop();
  world.settle();
  BOOST_TEST(follow(ann, {"eve"}) == "shard_unavailable");
  BOOST_TEST((code_of(who.unfollow(ann)) == ec::shard_unavailable));
}

BOOST_AUTO_TEST_CASE(a_crashed_watch_dispatcher_costs_nobody_a_change) {
  const auto ann = follower();
  follow(ann, {"eve", "joe"});
  track(owner(), "lobby", "eve");
  caf::anon_send_exit(presence_internals::of(who).watches->dispatcher(),
                      caf::exit_reason::kill);
  world.settle();
  BOOST_TEST(who.stats().dispatcher_restarts == 1u);
  track(owner(), "lobby", "joe");
  CHECK_HEARD("state -eve -joe", "eve on", "state +eve -joe", "joe on");
  caf::anon_send_exit(ann, caf::exit_reason::kill);
  world.settle();
  BOOST_TEST(who.stats().follows == 0u);
}

BOOST_AUTO_TEST_CASE(who_is_online_is_no_answer_where_nobody_knows) {
  BOOST_TEST(
      (code_of(presence{}.find_online({"eve"}).error()) == ec::not_started));
  track(owner(), "lobby", "eve");
  BOOST_TEST(who.find_online({"eve"})->size() == 1u);
  who.request_stop();
  world.settle();
  BOOST_TEST(
      (code_of(who.find_online({"eve"}).error()) == ec::shard_unavailable));
}

BOOST_AUTO_TEST_CASE(who_is_online_is_unknown_if_what_tells_of_it_stays_down) {
  auto settings = one_node::quiet_config();
  settings.restarts_max = 1;
  one_node node{settings};
  node.track(node.owner(), "lobby", "eve");
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST(node.who.find_online({"eve"})->size() == 1u);
    caf::anon_send_exit(presence_internals::of(node.who).watches->dispatcher(),
                        caf::exit_reason::kill);
    node.world.settle();
  }
  BOOST_TEST((code_of(node.who.find_online({"eve"}).error())
              == ec::shard_unavailable));
  BOOST_TEST(node.who.online({"eve"}).empty());
}

BOOST_AUTO_TEST_CASE(a_follower_without_handlers_harms_nobody_else) {
  const auto deaf = owner(), ann = follower();
  BOOST_TEST(!who.follow(deaf, {"eve"}));
  follow(ann, {"eve"});
  track(owner(), "lobby", "eve");
  CHECK_HEARD("state -eve", "eve on");
  BOOST_TEST(who.stats().dispatcher_restarts == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
