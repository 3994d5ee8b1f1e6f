#include "app/node/follow_payload.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <variant>

using namespace std::chrono_literals;
using namespace rollcall::node;

namespace {

std::string problem(std::string_view payload) {
  const auto read = read_follow(payload);
  const auto* bad = std::get_if<bad_payload>(&read);
  return bad == nullptr ? "" : bad->why;
}

} // namespace

BOOST_AUTO_TEST_SUITE(follow_payload_tests)

BOOST_AUTO_TEST_CASE(keys_and_a_prefix_are_read) {
  const auto read = std::get<follow_wish>(
      read_follow(R"({"keys":["ann","b\u00f6b"],"topic_prefix":"match:"})"));
  BOOST_TEST(read.keys == (std::vector<std::string>{"ann", "b\u00f6b"}),
             boost::test_tools::per_element());
  BOOST_TEST(read.topic_prefix == "match:");
  BOOST_TEST(problem(R"({"keys":[]})").empty());
}

BOOST_AUTO_TEST_CASE(a_key_may_be_a_whole_number) {
  const auto read = std::get<follow_wish>(
      read_follow(R"({"keys":[5,-7,18446744073709551615]})"));
  BOOST_TEST(
      read.keys
          == (std::vector<std::string>{"5", "-7", "18446744073709551615"}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_no_list_of_keys_is_told_so) {
  for (const auto* payload : {"", "[]", "7", "{", R"({"keys":[[["x"]]]})"})
    BOOST_TEST(problem(payload) == "the payload is not an object, or too deep");
  for (const auto* payload :
       {"{}", R"({"keys":"ann"})", R"({"keys":["a",1.5]})",
        R"({"keys":["a",null]})"})
    BOOST_TEST(problem(payload)
               == "keys is not a list of strings or whole numbers");
  BOOST_TEST(problem(R"({"keys":[],"topic_prefix":1})")
             == "topic_prefix is not a string");
}

BOOST_AUTO_TEST_CASE(a_state_names_those_online_and_those_offline) {
  BOOST_TEST(follow_state_json({"a\"b", "c"}, {}, {}, 0ms, "")
             == R"({"online":["a\"b","c"],"offline":[]})");
  BOOST_TEST(follow_state_json({}, {"c"}, {std::nullopt}, 0ms, "match:")
             == R"({"online":[],"offline":["c"],"topic_prefix":"match:"})");
}

BOOST_AUTO_TEST_CASE(a_state_says_when_those_offline_were_last_seen) {
  BOOST_TEST(follow_state_json({}, {"a", "b\"", "c"}, {5ms, 0ms, std::nullopt},
                               1'795'780'800'123ms, "m")
             == R"({"online":[],"offline":["a","b\"","c"],)"
                R"("last_seen":{"a":1795780800118,"b\"":1795780800123},)"
                R"("topic_prefix":"m"})");
}

BOOST_AUTO_TEST_CASE(a_diff_names_one_key) {
  BOOST_TEST(follow_diff_json("ann", true, "")
             == R"({"came_online":["ann"],"went_offline":[]})");
  BOOST_TEST(
      follow_diff_json("ann", false, "m")
      == R"({"came_online":[],"went_offline":["ann"],"topic_prefix":"m"})");
}

BOOST_AUTO_TEST_SUITE_END()
