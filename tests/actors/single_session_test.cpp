#include "tests/actors/listening_node.hpp"
#include "tests/support/contains.hpp"

#include <caf/scoped_actor.hpp>

#include <boost/test/unit_test.hpp>

using namespace std::literals;
using namespace rollcall;
using test::contains;
using test::texts;

namespace {

std::string words_of(const presence_replaced& notice) {
  return notice.topic + "/" + notice.key;
}

/// A node with "arena:..." of one session each, the newest, and "vault" of the
/// oldest.
struct one_session_node : test::listening_node {
  one_session_node() : listening_node{session_config()} {
  }

  static config session_config() {
    auto result = quiet_config();
    result.single_session = {{"arena:*", session_policy::newest},
                             {"vault", session_policy::oldest}};
    return result;
  }

  /// An owner that writes down which of its presences were replaced.
  caf::actor attentive_owner() {
    return listener(words_of);
  }
};

config with_rules(std::vector<single_session_rule> rules) {
  config result;
  result.single_session = std::move(rules);
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(single_session_tests, one_session_node)

BOOST_AUTO_TEST_CASE(the_owner_of_the_older_session_is_told) {
  const auto first = attentive_owner();
  track(first, "arena:1", "user");
  track(attentive_owner(), "arena:1", "user");
  CHECK_HEARD("arena:1/user");
  BOOST_TEST(who.count("arena:1").presences == 1u);
  BOOST_TEST(who.stats().owners == 1u);
}

BOOST_AUTO_TEST_CASE(an_owner_without_a_handler_is_not_harmed) {
  const auto first = owner();
  track(first, "arena:1", "user");
  track(first, "arena:1", "other");
  track(owner(), "arena:1", "user");
  BOOST_TEST(update(first, "arena:1", "user", "{}"s).first == "not_tracked");
  BOOST_TEST(!update(first, "arena:1", "other", "{}"s).second.empty());
}

BOOST_AUTO_TEST_CASE(a_session_that_was_replaced_does_not_end_the_next_one) {
  const auto first = attentive_owner();
  track(first, "arena:1", "user");
  track(attentive_owner(), "arena:1", "user");
  untrack(first, "arena:1", "user");
  kill(first);
  BOOST_TEST(who.count("arena:1").presences == 1u);
}

BOOST_AUTO_TEST_CASE(an_owner_that_was_replaced_is_watched_again_later) {
  const auto first = attentive_owner();
  track(first, "arena:1", "user");
  track(attentive_owner(), "arena:1", "user");
  track(first, "arena:1", "user");
  CHECK_HEARD("arena:1/user", "arena:1/user");
  kill(first);
  BOOST_TEST(who.count("arena:1").presences == 0u);
  BOOST_TEST(who.stats().owners == 0u);
}

BOOST_AUTO_TEST_CASE(subscribers_see_the_newer_come_and_the_older_go) {
  track(owner(), "arena:1", "user");
  subscriber("arena:1");
  track(owner(), "arena:1", "user");
  BOOST_TEST(view->refs.size() == 1u);
  CHECK_TEXTS(*told, "state user", "-user", "+user");
}

BOOST_AUTO_TEST_CASE(the_newer_of_an_oldest_topic_is_refused_with_a_reason) {
  const auto first = attentive_owner();
  track(first, "vault", "user");
  BOOST_TEST(track(owner(), "vault", "user") == "key_taken");
  caf::scoped_actor thread{world.system()};
  const auto answer
      = who.track(caf::actor_cast<caf::actor>(thread), "vault", "user", "{}");
  BOOST_REQUIRE(!answer);
  BOOST_TEST(contains(describe(answer.error()),
                      "another session has key 'user' in topic 'vault'"));
  kill(first);
  BOOST_TEST(track(owner(), "vault", "user") != "key_taken");
  CHECK_HEARD();
}

BOOST_AUTO_TEST_CASE(topics_without_a_rule_take_any_number_of_sessions) {
  track(owner(), "lobby", "user");
  track(owner(), "lobby", "user");
  BOOST_TEST(who.count("lobby").presences == 2u);
}

BOOST_AUTO_TEST_CASE(rules_that_make_no_sense_are_refused_and_say_why) {
  const auto problem_of = [](std::vector<single_session_rule> rules) {
    const auto problem = validate(with_rules(std::move(rules)));
    BOOST_TEST((code_of(problem) == ec::invalid_config));
    return describe(problem);
  };
  BOOST_TEST(contains(problem_of({{""}}), "single_session has the pattern ''"));
  BOOST_TEST(contains(problem_of({{"a*b"}}),
                      "'a*b'; allowed: a topic, or a prefix and * at its end"));
  BOOST_TEST(contains(problem_of({{std::string(256, 'x')}}), "the pattern"));
  BOOST_TEST(contains(problem_of({{"a"}, {"b"}, {"a"}}), "'a' twice"));
  BOOST_TEST(contains(problem_of({{"a", static_cast<session_policy>(7)}}),
                      "allowed: newest, oldest"));
}

BOOST_AUTO_TEST_CASE(there_may_be_a_hundred_rules_and_not_one_more) {
  std::vector<single_session_rule> rules;
  for (std::size_t i = 0; i < limits::single_session_rules_max; ++i)
    rules.push_back({"room:" + std::to_string(i)});
  BOOST_TEST(!validate(with_rules(rules)));
  rules.push_back({"*"});
  BOOST_TEST(contains(describe(validate(with_rules(rules))),
                      "single_session has 101 rules; allowed: 0 to 100"));
}

BOOST_AUTO_TEST_SUITE_END()
