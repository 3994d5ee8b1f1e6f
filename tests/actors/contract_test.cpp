// What an embedder does wrong ends in words, and in the same words whether an
// actor or a thread does it.
#include "tests/actors/fault.hpp"
#include "tests/actors/one_node.hpp"
#include "tests/support/silent_log.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::one_node;
using names = std::vector<std::string>;

namespace {

/// Makes every call in both forms and notes the error of each.
struct both_forms : one_node {
  /// The `ec` names of track, update, update by function, untrack of a topic
  /// and of all, subscribe, unsubscribe, broadcast and tell.
  names as_thread(const presence& handle, const caf::actor& who_calls,
                  const std::string& topic, const std::string& key,
                  const std::string& meta) {
    const update_function same = [&](const entry&) { return meta; };
    const auto name_of = [](const caf::expected<tracked>& answer) {
      return answer ? "ok"s : name(answer.error());
    };
    const auto name_or_ok = [](const caf::error& problem) {
      return problem ? name(problem) : "ok"s;
    };
    return {name_of(handle.track(who_calls, topic, key, meta)),
            name_of(handle.update(who_calls, topic, key, meta)),
            name_of(handle.update(who_calls, topic, key, same)),
            name_or_ok(handle.untrack(who_calls, topic, key)),
            name_or_ok(handle.untrack(who_calls)),
            name_or_ok(handle.subscribe(who_calls, topic)),
            name_or_ok(handle.unsubscribe(who_calls, topic)),
            name_or_ok(handle.broadcast(event_in(topic))),
            name_or_ok(handle.tell(topic, key, caf::make_message(1)))};
  }

  static topic_event_ptr event_in(const std::string& topic) {
    auto event = std::make_shared<topic_event>();
    event->topic = topic;
    return event;
  }

  names as_actor(const presence& handle, const caf::actor& who_calls,
                 const std::string& topic, const std::string& key,
                 const std::string& meta) {
    const auto answers = std::make_shared<names>();
    names at_once;
    in(who_calls, [=, &at_once](caf::event_based_actor* self) {
      const auto bad = [=](const caf::error& problem) {
        answers->push_back(name(problem));
      };
      const auto made = [=](const tracked&) { answers->push_back("ok"); };
      const auto done = [=] { answers->push_back("ok"); };
      const update_function same = [=](const entry&) { return meta; };
      handle.track(self, topic, key, meta).then(made, bad);
      handle.update(self, topic, key, meta).then(made, bad);
      handle.update(self, topic, key, same).then(made, bad);
      handle.untrack(self, topic, key).then(done, bad);
      handle.untrack(self).then(done, bad);
      handle.subscribe(self, topic).then(done, bad);
      handle.unsubscribe(self, topic).then(done, bad);
      for (const auto& problem :
           {handle.broadcast(self, event_in(topic)),
            handle.tell(topic, key, caf::make_message(1))})
        at_once.push_back(problem ? name(problem) : "ok");
    });
    answers->insert(answers->end(), at_once.begin(), at_once.end());
    return *answers;
  }

  void expect(const presence& handle, const std::string& topic,
              const std::string& key, const std::string& meta,
              const names& answers) {
    BOOST_TEST_CONTEXT("topic '" << topic << "' key '" << key << "' meta "
                                 << meta) {
      BOOST_TEST(as_thread(handle, owner(), topic, key, meta) == answers,
                 boost::test_tools::per_element());
      BOOST_TEST(as_actor(handle, owner(), topic, key, meta) == answers,
                 boost::test_tools::per_element());
    }
  }
};

const names all_unavailable(9, "shard_unavailable");

} // namespace

BOOST_FIXTURE_TEST_SUITE(contract_tests, both_forms)

BOOST_AUTO_TEST_CASE(the_same_call_gets_the_same_answer_from_actor_and_thread) {
  expect(who, "t", "k", "{}", names(9, "ok"));
  expect(who, "", "k", "{}",
         {"invalid_topic", "invalid_topic", "invalid_topic", "ok", "ok",
          "invalid_topic", "ok", "invalid_topic", "invalid_topic"});
  expect(who, "t", "", "{}",
         {"invalid_key", "invalid_key", "invalid_key", "ok", "ok", "ok", "ok",
          "ok", "invalid_key"});
  expect(who, "t", "k", "[]",
         {"invalid_meta", "invalid_meta", "not_tracked", "ok", "ok", "ok", "ok",
          "ok", "ok"});
}

BOOST_AUTO_TEST_CASE(a_default_constructed_handle_says_not_started) {
  const presence nothing;
  expect(nothing, "t", "k", "{}", names(9, "not_started"));
  expect(nothing, "", "", "[]", names(9, "not_started"));
}

BOOST_AUTO_TEST_CASE(a_default_constructed_handle_reads_nothing) {
  presence nothing;
  BOOST_TEST(nothing.list("t").size() == 0u);
  BOOST_TEST(nothing.fetch_list("t")->presences.size() == 0u);
  BOOST_TEST(nothing.get_by_key("t", "k").empty());
  BOOST_TEST(nothing.count("t").presences == 0u);
  BOOST_TEST(nothing.topics(10).empty());
  BOOST_TEST(nothing.stats().presences == 0u);
  BOOST_TEST(!nothing.enriches());
  BOOST_TEST(nothing.settings().shard_count == config{}.shard_count);
  BOOST_TEST(name(nothing.broadcast(nullptr)) == "not_started");
  BOOST_TEST(!nothing.stop());
  nothing.request_stop();
}

BOOST_AUTO_TEST_CASE(after_the_stop_every_call_says_shard_unavailable) {
  BOOST_TEST(!who.stop());
  expect(who, "t", "k", "{}", all_unavailable);
  expect(who, "", "", "[]", all_unavailable);
  BOOST_TEST(!who.stop());
}

BOOST_AUTO_TEST_CASE(a_shard_that_stays_down_says_shard_unavailable_to_all) {
  const test::silent_log quiet;
  for (std::size_t i = 0; i <= who.settings().restarts_max; ++i) {
    caf::anon_send_exit(testing::shard_of(who, "t"), caf::exit_reason::kill);
    world.settle();
  }
  expect(who, "t", "k", "{}", all_unavailable);
}

BOOST_AUTO_TEST_CASE(a_shard_that_is_started_again_answers_as_ever) {
  const test::silent_log quiet;
  caf::anon_send_exit(testing::shard_of(who, "t"), caf::exit_reason::kill);
  // Nobody has run since, so the shard is neither down nor up.
  BOOST_TEST(as_thread(who, owner(), "t", "k", "{}") == names(9, "ok"),
             boost::test_tools::per_element());
  world.settle();
  expect(who, "t", "k", "{}", names(9, "ok"));
}

BOOST_AUTO_TEST_CASE(errors_are_sentences) {
  BOOST_TEST(describe(presence{}.untrack(owner()))
             == "not_started: the handle was default-constructed; "
                "presence::start gives one that works");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(update_function_tests, one_node)

BOOST_AUTO_TEST_CASE(an_update_function_may_call_rollcall) {
  const auto alice = owner();
  track(alice, "t", "alice");
  std::string seen;
  const auto done = who.update(alice, "t", "alice", [&](const entry& current) {
    seen = std::to_string(who.count("t").presences) + " "
           + std::to_string(who.list("t").size());
    who.track(alice, "t", "beside", "{}");
    who.broadcast(std::make_shared<topic_event>());
    return std::string{current.meta()};
  });
  BOOST_TEST(done.engaged());
  BOOST_TEST(seen == "1 1");
  BOOST_TEST(who.count("t").presences == 2u);
}

BOOST_AUTO_TEST_CASE(an_empty_update_function_is_an_error) {
  const auto alice = owner();
  track(alice, "t", "alice");
  BOOST_TEST(name(who.update(alice, "t", "alice", update_function{}).error())
             == "invalid_meta");
  BOOST_TEST(update(alice, "t", "alice", update_function{}).first
             == "invalid_meta");
}

BOOST_AUTO_TEST_CASE(an_update_function_sees_what_was_written_while_it_ran) {
  const auto alice = owner();
  track(alice, "t", "alice", R"({"n":0})");
  int runs = 0;
  const auto done = who.update(alice, "t", "alice", [&](const entry& current) {
    if (runs++ == 0)
      who.update(alice, "t", "alice", R"({"n":1})");
    return current.meta() == R"({"n":1})" ? R"({"n":2})"s : R"({"n":9})"s;
  });
  BOOST_TEST(done.engaged());
  BOOST_TEST(runs == 2);
  BOOST_TEST(who.list("t").begin()->meta() == R"({"n":2})");
}

BOOST_AUTO_TEST_CASE(an_update_function_that_updates_itself_is_a_conflict) {
  const auto alice = owner();
  track(alice, "t", "alice");
  const auto done = who.update(alice, "t", "alice", [&](const entry&) {
    who.update(alice, "t", "alice", "{}");
    return "{}"s;
  });
  BOOST_TEST(name(done.error()) == "conflict");
}

BOOST_AUTO_TEST_CASE(an_update_function_that_untracks_finds_nothing_to_update) {
  const auto alice = owner();
  track(alice, "t", "alice");
  const auto done = who.update(alice, "t", "alice", [&](const entry&) {
    who.untrack(alice, "t", "alice");
    return "{}"s;
  });
  BOOST_TEST(name(done.error()) == "not_tracked");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(waiting_subscription_tests, one_node)

BOOST_AUTO_TEST_CASE(subscriptions_that_wait_for_a_hook_are_bounded) {
  const auto one = owner();
  std::size_t taken = 0;
  std::string answer = "ok";
  while (answer == "ok" && taken <= limits::waiting_subscriptions_max) {
    const auto problem = who.subscribe(one, "t"); // Nobody runs meanwhile.
    answer = problem ? name(problem) : "ok";
    taken += problem ? 0 : 1;
  }
  BOOST_TEST(answer == "too_many_subscribers");
  BOOST_TEST(taken == limits::waiting_subscriptions_max);
  BOOST_TEST(name(who.subscribe(one, "t")) == "too_many_subscribers");
  world.settle();
  BOOST_TEST(!who.subscribe(one, "t"));
}

BOOST_AUTO_TEST_CASE(who_never_subscribed_leaves_nothing_waiting) {
  subscriber("t");
  const auto other = owner();
  for (int i = 0; i < 10; ++i)
    who.unsubscribe(other, "t");
  BOOST_TEST(who.stats().waiting_changes == 0u);
}

BOOST_AUTO_TEST_CASE(a_refused_subscription_is_no_silence) {
  config full = quiet_config();
  full.subscribers_per_topic_max = 1;
  one_node node{full};
  BOOST_TEST(!node.who.subscribe(node.owner(), "t"));
  BOOST_TEST(name(node.who.subscribe(node.owner(), "t"))
             == "too_many_subscribers");
}

BOOST_AUTO_TEST_CASE(a_subscriber_may_subscribe_again_at_the_limit) {
  config full = quiet_config();
  full.subscribers_per_topic_max = 1;
  one_node node{full};
  const auto one = node.subscriber("t");
  node.subscribe(one, "t");
  BOOST_TEST(*node.told == (names{"state", "state"}),
             boost::test_tools::per_element());
  BOOST_TEST(node.who.stats().subscriptions == 1u);
  node.kill(one);
  BOOST_TEST(node.who.stats().subscriptions == 0u);
  BOOST_TEST(!node.who.subscribe(node.owner(), "t"));
}

BOOST_AUTO_TEST_SUITE_END()
