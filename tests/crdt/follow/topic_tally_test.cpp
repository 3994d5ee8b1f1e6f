#include "crdt/follow/topic_tally.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

using namespace rollcall;

BOOST_AUTO_TEST_SUITE(topic_tally_tests)

/// Few topics and many, and the way there and back.
BOOST_AUTO_TEST_CASE(a_tally_counts_as_a_map_does) {
  test::random_source random{test::seed()};
  std::map<std::string, int> names;
  for (int i = 0; i < 200; ++i)
    names.emplace("t" + std::to_string(i), 0);
  for (const std::size_t used : {3u, 63u, 66u, 200u}) {
    crdt::topic_tally tally;
    std::map<std::string, int> expected;
    const auto change = [&](const std::string& name, int by) {
      if (tally.change(name, by)) {
        const auto* const ended = tally.end_if_zero(name);
        BOOST_REQUIRE((ended != nullptr) == (expected[name] + by == 0));
      } else {
        tally.start(names.find(name)->first, by);
      }
      if ((expected[name] += by) == 0)
        expected.erase(name);
    };
    const auto check = [&](std::string_view prefix) {
      std::int64_t sum = 0;
      for (const auto& [name, count] : expected)
        sum += name.starts_with(prefix) ? count : 0;
      BOOST_REQUIRE(tally.count(prefix) == sum);
    };
    for (int step = 0; step < 5'000; ++step) {
      change("t" + std::to_string(random.below(used)),
             random.below(2) == 0 ? 1 : -1);
      check("");
      check("t1");
      BOOST_REQUIRE(tally.is_empty() == expected.empty());
    }
    while (!expected.empty())
      change(expected.begin()->first, -expected.begin()->second);
    BOOST_TEST(tally.is_empty());
    BOOST_TEST(tally.total() == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
