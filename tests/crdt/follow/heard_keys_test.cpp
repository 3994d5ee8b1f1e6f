// What hooks hear of all keys.
#include "crdt/follow/heard_keys.hpp"
#include "tests/crdt/follow/follow_world.hpp"

#include <algorithm>

using namespace rollcall::crdt;
using namespace rollcall::crdt::test;

namespace {

void hear_all(heard_keys& keys, tick_time now) {
  if (keys.calls(now))
    while (!keys.take(10).empty()) {
    }
}

struct hearing : follow_world {
  /// "+joe" is that joe is online, "-joe" that it is not.
  texts heard(std::size_t share = 0, std::size_t count = 1000) {
    texts result;
    for (const auto& [key, is_online] : core.take_heard(share, count))
      result.push_back((is_online ? "+" : "-") + key);
    return result;
  }

  std::vector<std::size_t> called() {
    return core.take_hearers(now);
  }

  texts called_and_heard() {
    static_cast<void>(called());
    return heard();
  }

  using shares = std::vector<std::size_t>;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(heard_keys_tests, hearing)

BOOST_AUTO_TEST_CASE(
    hooks_hear_of_all_that_are_online_and_then_of_each_change) {
  join("room", "joe");
  core.start_to_hear(0, 1, now);
  BOOST_TEST(called() == shares{0});
  BOOST_TEST(heard() == texts{"+joe"});
  join("room", "eve");
  join("hall", "eve");
  leave("room", "joe");
  BOOST_TEST(called() == shares{0});
  BOOST_TEST(heard() == texts{"+eve"});
  BOOST_TEST((core.next_deadline() == now + 25ms));
  now += 25ms;
  BOOST_TEST(called() == shares{0});
  BOOST_TEST(heard() == texts{"-joe"});
  BOOST_TEST(!core.next_deadline());
}

BOOST_AUTO_TEST_CASE(hooks_are_called_once_until_they_ask) {
  core.start_to_hear(0, 1, now);
  join("room", "joe");
  BOOST_TEST((core.next_deadline() == now));
  BOOST_TEST(called() == shares{0});
  join("room", "eve");
  BOOST_TEST(called() == shares{});
  BOOST_TEST(heard(0, 1) == texts{"+joe"});
  BOOST_TEST(called() == shares{0}); // Eve waits.
  core.tell_all_again();
  BOOST_TEST(called() == shares{0});
  BOOST_TEST(heard() == texts{"+eve"});
}

BOOST_AUTO_TEST_CASE(
    what_came_and_went_before_they_asked_hooks_do_not_hear_of) {
  core.start_to_hear(0, 1, now);
  join("room", "joe");
  leave("room", "joe");
  join("room", "eve");
  BOOST_TEST(called_and_heard() == texts{"+eve"});
  leave("room", "eve");
  now += 20ms;
  join("room", "eve");
  now += 20ms;
  leave("room", "eve");
  now += 20ms;
  BOOST_TEST(called_and_heard() == texts{});
  now += 5ms;
  BOOST_TEST(called_and_heard() == texts{"-eve"});
  BOOST_TEST(!core.next_deadline());
}

BOOST_AUTO_TEST_CASE(what_changes_between_the_call_and_the_answer_is_heard) {
  core.start_to_hear(0, 1, now);
  join("room", "joe");
  join("room", "eve");
  BOOST_TEST(called() == shares{0});
  leave("room", "joe"); // It was not heard of yet.
  BOOST_TEST(heard() == texts{"+eve"});
  leave("room", "eve");
  now += 25ms;
  BOOST_TEST(called() == shares{0});
  join("room", "eve");
  leave("room", "eve"); // Its window begins anew.
  BOOST_TEST(heard() == texts{});
  BOOST_TEST((core.next_deadline() == now + 25ms));
  now += 25ms;
  BOOST_TEST(called_and_heard() == texts{"-eve"});
}

BOOST_AUTO_TEST_CASE(each_key_is_heard_of_by_the_hooks_of_one_share) {
  core.start_to_hear(0, 2, now);
  core.start_to_hear(1, 2, now);
  texts all;
  for (int i = 0; i < 20; ++i) {
    all.push_back("+key" + std::to_string(i));
    join("room", all.back().substr(1));
  }
  BOOST_TEST(called() == (shares{0, 1}));
  auto both = heard(0);
  const auto second = heard(1);
  BOOST_TEST(!both.empty());
  BOOST_TEST(!second.empty());
  both.insert(both.end(), second.begin(), second.end());
  std::sort(both.begin(), both.end());
  std::sort(all.begin(), all.end());
  BOOST_TEST(both == all);
}

BOOST_AUTO_TEST_CASE(fresh_hooks_begin_with_all_that_are_online) {
  core.start_to_hear(0, 1, now);
  join("room", "joe");
  join("room", "eve");
  BOOST_TEST(called_and_heard() == (texts{"+eve", "+joe"}));
  core.start_to_hear(0, 1, now);
  BOOST_TEST(called_and_heard() == (texts{"+eve", "+joe"}));
}

BOOST_AUTO_TEST_CASE(fresh_hooks_hear_of_those_that_went_without_a_word) {
  core.start_to_hear(0, 1, now);
  for (const auto* key : {"joe", "eve", "bob"})
    join("room", key);
  BOOST_TEST(called_and_heard() == (texts{"+bob", "+eve", "+joe"}));
  leave("room", "bob");
  now += 25ms;
  BOOST_TEST(called_and_heard() == texts{"-bob"});
  leave("room", "eve");
  core.start_to_hear(0, 1, now);
  // Perhaps those before crashed when they were to hear of bob.
  BOOST_TEST(called_and_heard() == (texts{"-bob", "+joe"}));
  now += 25ms;
  BOOST_TEST(called_and_heard() == texts{"-eve"});
  core.start_to_hear(0, 1, now);
  join("room", "eve");
  BOOST_TEST(called_and_heard() == (texts{"+joe", "+eve"}));
}

BOOST_AUTO_TEST_CASE(changes_that_come_out_of_order_are_no_change) {
  core.start_to_hear(0, 1, now);
  const auto joined = set.join("room", stored_entry::make("joe", "{}", 1));
  const auto left = set.leave("room", "joe", 1);
  core.take({&*left, 1}, now);
  core.take({&*joined, 1}, now);
  BOOST_TEST(called_and_heard() == texts{});
  BOOST_TEST(core.keys() == 0u);
}

BOOST_AUTO_TEST_CASE(of_keys_that_are_gone_nothing_is_kept) {
  heard_keys keys{25ms};
  for (int i = 0; i < 100; ++i) {
    const auto key = "key" + std::to_string(i);
    keys.changed(key, true, 1s);
    if (i % 2 == 0)
      hear_all(keys, 1s);
    keys.changed(key, false, 1s);
  }
  hear_all(keys, 2s);
  BOOST_TEST(keys.size() == 0u);
  BOOST_TEST(!keys.next_deadline());
}

BOOST_AUTO_TEST_SUITE_END()
