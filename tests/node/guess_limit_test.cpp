#include "app/node/guess_limit.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace std::chrono_literals;

namespace rollcall::node {

namespace {

struct a_limit {
  guess_limit limit;
  guess_limit::clock::time_point now{1h};

  bool may_guess(const std::string& address) const {
    return limit.wait(address, now) == guess_limit::clock::duration::zero();
  }

  /// Guesses as long as it may. @returns how often.
  int guess(const std::string& address, int most = 1000) {
    int guesses = 0;
    for (; guesses < most && may_guess(address); ++guesses)
      limit.was_wrong(address, now);
    return guesses;
  }

  /// Uses up what all have together, from as many addresses as it takes.
  void exhaust_all() {
    for (int i = 0; i < 1000 && may_guess("new"); ++i)
      limit.was_wrong("stranger " + std::to_string(i), now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(guess_limit_tests, a_limit)

BOOST_AUTO_TEST_CASE(an_address_has_a_few_guesses_and_then_one_a_second) {
  BOOST_TEST(guess("a") == 10);
  BOOST_TEST((limit.wait("a", now) <= 1s));
  now += 1s;
  BOOST_TEST(guess("a") == 1);
  now += 1h;
  BOOST_TEST(guess("a") == 10);
}

BOOST_AUTO_TEST_CASE(an_address_that_guesses_does_not_hold_up_another) {
  guess("a");
  BOOST_TEST(may_guess("b"));
}

BOOST_AUTO_TEST_CASE(many_addresses_have_a_limit_together) {
  exhaust_all();
  BOOST_TEST(!may_guess("new"));
  now += 1s;
  BOOST_TEST(may_guess("new"));
}

BOOST_AUTO_TEST_CASE(who_gave_the_right_answer_is_not_held_up_by_others) {
  limit.was_right("admin", now);
  exhaust_all();
  BOOST_TEST(may_guess("admin"));
  BOOST_TEST(guess("admin") == 10);
  now += 2h;
  exhaust_all();
  BOOST_TEST(!may_guess("admin"));
}

BOOST_AUTO_TEST_CASE(right_answers_use_up_nothing) {
  for (int i = 0; i < 1000; ++i)
    limit.was_right("admin", now);
  BOOST_TEST(guess("admin") == 10);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::node
