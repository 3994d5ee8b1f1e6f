#include "crdt/prefixes.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace rollcall;

namespace {

using texts = std::vector<std::string>;

texts prefixes_of(std::string_view whole, const texts& sorted,
                  std::size_t* looked_at = nullptr) {
  texts result;
  crdt::for_each_prefix(
      sorted, whole,
      [&](const std::string& one) -> std::string_view {
        if (looked_at != nullptr)
          ++*looked_at;
        return one;
      },
      [&](const std::string& one) { result.push_back(one); });
  std::sort(result.begin(), result.end());
  return result;
}

std::string any_text(test::random_source& random) {
  std::string result;
  for (auto left = random.below(6); left > 0; --left)
    result += static_cast<char>('a' + random.below(2));
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(prefixes_tests)

BOOST_AUTO_TEST_CASE(all_prefixes_of_a_text_are_found_and_nothing_else) {
  test::random_source random{test::seed()};
  for (int round = 0; round < 20'000; ++round) {
    texts sorted;
    for (auto left = random.below(12); left > 0; --left)
      sorted.push_back(any_text(random));
    std::sort(sorted.begin(), sorted.end());
    const auto whole = any_text(random);
    texts expected;
    std::copy_if(
        sorted.begin(), sorted.end(), std::back_inserter(expected),
        [&](const std::string& one) { return whole.starts_with(one); });
    BOOST_REQUIRE(prefixes_of(whole, sorted) == expected);
  }
}

BOOST_AUTO_TEST_CASE(it_looks_at_few_of_many_texts) {
  texts sorted;
  for (int i = 0; i < 100'000; ++i)
    sorted.push_back("room:" + std::to_string(i) + ":");
  sorted.push_back("room:");
  std::sort(sorted.begin(), sorted.end());
  std::size_t looked_at = 0;
  BOOST_TEST(prefixes_of("room:777:a", sorted, &looked_at)
             == (texts{"room:", "room:777:"}));
  BOOST_TEST(looked_at < 200u);
  looked_at = 0;
  BOOST_TEST(prefixes_of("lobby", sorted, &looked_at).empty());
  BOOST_TEST(looked_at < 200u);
}

BOOST_AUTO_TEST_SUITE_END()
