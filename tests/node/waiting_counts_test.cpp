#include "app/node/waiting_counts.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace rollcall;
using node::waiting_counts;

namespace {

topic_counts_ptr told(bool is_all,
                      std::vector<std::pair<std::string, int>> all) {
  auto result = std::make_shared<topic_counts>();
  result->is_all = is_all;
  for (auto& [topic, size] : all) {
    const auto now = static_cast<std::size_t>(size);
    result->topics.push_back({std::move(topic), {now, now}});
  }
  return result;
}

/// As many topics that begin with `name`, of one presence each.
std::vector<std::pair<std::string, int>> many(const std::string& name,
                                              int count) {
  std::vector<std::pair<std::string, int>> result;
  for (int i = 0; i < count; ++i)
    result.emplace_back(name + std::to_string(10'000 + i), 1);
  return result;
}

std::size_t topics_in(const std::string& json) {
  std::size_t result = 0;
  for (auto at = json.find("\"keys\""); at != std::string::npos;
       at = json.find("\"keys\"", at + 1))
    ++result;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(waiting_counts_tests)

BOOST_AUTO_TEST_CASE(a_short_list_is_one_message) {
  waiting_counts waiting;
  waiting.take(told(true, {{"a\"b", 1}, {"c", 2}}));
  BOOST_TEST(waiting.bytes() > 0u);
  BOOST_TEST(waiting.next()
             == R"({"topics":{"a\"b":{"presences":1,"keys":1},)"
                R"("c":{"presences":2,"keys":2}},"all":true})");
  BOOST_TEST(waiting.empty());
  BOOST_TEST(waiting.bytes() == 0u);
  waiting.take(told(true, {}));
  BOOST_TEST(waiting.next() == R"({"topics":{},"all":true})");
  BOOST_TEST(waiting.empty());
}

BOOST_AUTO_TEST_CASE(a_long_list_is_cut_and_only_its_first_part_is_all) {
  waiting_counts waiting;
  waiting.take(told(true, many("", 1200)));
  std::vector<std::size_t> sizes;
  for (bool is_first = true; !waiting.empty(); is_first = false) {
    const auto json = waiting.next();
    sizes.push_back(topics_in(json));
    BOOST_TEST(json.ends_with(is_first ? "\"all\":true}" : "\"all\":false}"));
  }
  BOOST_TEST(sizes == (std::vector<std::size_t>{500, 500, 200}),
             boost::test_tools::per_element());
  // Long names make a message full earlier.
  waiting.take(told(true, many(std::string(240, 'x'), 500)));
  BOOST_TEST(waiting.next().size() < waiting_counts::part_bytes + 400);
  BOOST_TEST(!waiting.empty());
}

BOOST_AUTO_TEST_CASE(a_newer_count_replaces_an_older_one_that_waits) {
  waiting_counts waiting;
  waiting.take(told(true, many("t", 501)));
  static_cast<void>(waiting.next());
  waiting.take(told(false, {{"t10500", 7}, {"t10000", 5}}));
  waiting.take(told(false, {{"t10000", 6}}));
  BOOST_TEST(waiting.next()
             == R"({"topics":{"t10500":{"presences":7,"keys":7},)"
                R"("t10000":{"presences":6,"keys":6}},"all":false})");
  BOOST_TEST(waiting.empty());
  BOOST_TEST(waiting.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(what_waits_is_bounded_by_the_topics) {
  waiting_counts waiting;
  waiting.take(told(true, many("t", 1000)));
  waiting.take(told(false, many("t", 1000)));
  const auto once = waiting.bytes();
  for (int i = 0; i < 100; ++i)
    waiting.take(told(false, many("t", 1000)));
  BOOST_TEST(waiting.bytes() == once);
}

BOOST_AUTO_TEST_CASE(all_topics_replace_whatever_waits) {
  waiting_counts waiting;
  waiting.take(told(true, many("t", 501)));
  static_cast<void>(waiting.next());
  waiting.take(told(false, {{"x", 1}}));
  waiting.take(told(true, {{"y", 1}}));
  BOOST_TEST(waiting.next()
             == R"({"topics":{"y":{"presences":1,"keys":1}},"all":true})");
  BOOST_TEST(waiting.empty());
}

BOOST_AUTO_TEST_CASE(a_topic_that_changes_all_the_time_holds_up_no_other) {
  waiting_counts waiting;
  waiting.take(told(true, {{"first", 1}}));
  waiting.take(told(false, many("t", 1100)));
  std::size_t seen = 0;
  for (int i = 0; i < 3; ++i) {
    seen += topics_in(waiting.next());
    waiting.take(told(false, many("t", 300)));
  }
  std::string all;
  while (!waiting.empty())
    all += waiting.next();
  BOOST_TEST(seen >= 1100u);
  BOOST_TEST(topics_in(all) <= 300u);
}

BOOST_AUTO_TEST_SUITE_END()
