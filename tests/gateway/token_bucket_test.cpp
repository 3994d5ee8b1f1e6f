#include "app/gateway/token_bucket.hpp"

#include <boost/test/unit_test.hpp>

using namespace rollcall::channels;
using namespace std::chrono_literals;

namespace {

using clock_type = token_bucket::clock;

const auto start = clock_type::time_point{} + 1000h;

/// How many tokens there are at once.
int count_now(token_bucket& bucket, const rate& limit,
              clock_type::time_point now) {
  int count = 0;
  while (count < 1000 && bucket.take(limit, now) == clock_type::duration{})
    ++count;
  return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(token_bucket_tests)

BOOST_AUTO_TEST_CASE(after_a_pause_there_is_a_burst_and_no_more) {
  token_bucket bucket;
  BOOST_TEST(count_now(bucket, {10, 50}, start) == 50);
  BOOST_TEST(count_now(bucket, {10, 50}, start + 1h) == 50);
}

BOOST_AUTO_TEST_CASE(tokens_come_at_the_rate) {
  token_bucket bucket;
  BOOST_TEST(count_now(bucket, {10, 50}, start) == 50);
  BOOST_TEST(count_now(bucket, {10, 50}, start + 99ms) == 0);
  BOOST_TEST(count_now(bucket, {10, 50}, start + 100ms) == 1);
  BOOST_TEST(count_now(bucket, {10, 50}, start + 600ms) == 5);
}

BOOST_AUTO_TEST_CASE(a_refusal_says_when_to_come_back_and_costs_nothing) {
  token_bucket bucket;
  const rate limit{10, 1};
  BOOST_TEST((bucket.take(limit, start) == 0ms));
  for (int i = 0; i < 100; ++i)
    BOOST_TEST_REQUIRE((bucket.take(limit, start + 30ms) == 70ms));
  BOOST_TEST((bucket.take(limit, start + 100ms) == 0ms));
}

BOOST_AUTO_TEST_CASE(a_burst_of_nothing_still_lets_one_in) {
  token_bucket bucket;
  BOOST_TEST(count_now(bucket, {1, 0}, start) == 1);
}

BOOST_AUTO_TEST_CASE(a_rate_of_zero_is_no_limit) {
  token_bucket bucket;
  BOOST_TEST(count_now(bucket, {0, 0}, start) == 1000);
}

BOOST_AUTO_TEST_CASE(it_knows_when_it_is_full_again) {
  token_bucket bucket;
  BOOST_TEST(bucket.is_full(start));
  BOOST_TEST(count_now(bucket, {10, 50}, start) == 50);
  BOOST_TEST(!bucket.is_full(start + 4999ms));
  BOOST_TEST(bucket.is_full(start + 5000ms));
}

BOOST_AUTO_TEST_SUITE_END()
