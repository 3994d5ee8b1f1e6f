#include "app/node/waiting_ranges.hpp"
#include "crdt/stored_entry.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace rollcall;
using node::waiting_ranges;

namespace {

struct ranges_that_wait {
  waiting_ranges waiting;
  std::uint64_t writes = 0;

  /// A presence of its own, with a meta of about so many bytes.
  entry_ptr presence(std::string_view key, std::size_t bytes = 0) {
    const auto meta = "{\"a\":\"" + std::string(bytes, 'x') + "\"}";
    ++writes;
    return crdt::stored_entry::make(key, meta, writes, dot{{1}, writes}, 0);
  }

  void take(bool is_all, std::vector<entry_ptr> joins,
            std::vector<entry_ptr> leaves = {}, std::size_t first = 0) {
    topic_range told;
    told.first = first;
    told.last = first + 9;
    told.is_all = is_all;
    told.joins = std::move(joins);
    told.leaves = std::move(leaves);
    waiting.take(told);
  }

  /// The next message in short: "0 all +ann +bob -eve".
  std::string next() {
    const auto told = boost::json::parse(waiting.next());
    auto result = std::to_string(told.at("first").as_int64());
    if (told.at("all").as_bool())
      result += " all";
    for (const auto* side : {"joins", "leaves"})
      for (const auto& [key, metas] : told.at(side).as_object())
        for (const auto& meta : metas.at("metas").as_array()) {
          BOOST_TEST(meta.as_object().contains("phx_ref"));
          result += (side[0] == 'j' ? " +" : " -") + std::string{key};
        }
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(waiting_ranges_tests, ranges_that_wait)

BOOST_AUTO_TEST_CASE(a_short_range_is_one_message) {
  const auto ann = presence("a\"n");
  take(true, {ann});
  BOOST_TEST(waiting.bytes() > 0u);
  BOOST_TEST(waiting.next()
             == R"({"first":0,"last":9,"all":true,"joins":{"a\"n":{"metas":[)"
                R"({"a":"","phx_ref":")"
                    + ann->phx_ref() + R"("}]}},"leaves":{}})");
  BOOST_TEST(waiting.empty());
  BOOST_TEST(waiting.bytes() == 0u);
  take(true, {});
  BOOST_TEST(next() == "0 all");
  BOOST_TEST(waiting.empty());
}

BOOST_AUTO_TEST_CASE(a_long_range_is_told_in_parts_and_the_first_says_all) {
  take(true, {presence("ann", 20'000), presence("ann", 20'000),
              presence("bob", 20'000)});
  BOOST_TEST(next() == "0 all +ann +ann");
  BOOST_TEST(next() == "0 +bob");
  BOOST_TEST(waiting.empty());
}

BOOST_AUTO_TEST_CASE(what_changed_came_before_it_left) {
  const auto before = presence("ann", 40'000);
  take(false, {presence("ann", 40'000)}, {before});
  BOOST_TEST(next() == "0 +ann");
  BOOST_TEST(next() == "0 -ann");
}

BOOST_AUTO_TEST_CASE(who_comes_and_goes_while_it_waits_is_not_told) {
  const auto ann = presence("ann", 40'000), bob = presence("bob"),
             eve = presence("eve");
  take(true, {ann, bob});
  BOOST_TEST(next() == "0 all +ann");
  take(false, {eve}, {ann, bob});
  take(false, {ann}, {eve});
  BOOST_TEST(waiting.empty());
  BOOST_TEST(waiting.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(all_of_a_range_takes_the_place_of_what_waits) {
  const auto ann = presence("ann");
  take(false, {ann, presence("bob")}, {presence("eve")});
  take(true, {ann});
  BOOST_TEST(next() == "0 all +ann");
  BOOST_TEST(waiting.empty());
  BOOST_TEST(waiting.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(ranges_take_turns_and_one_that_is_forgotten_has_none) {
  const auto ann = presence("ann", 40'000), bob = presence("bob", 40'000);
  for (const std::size_t first : {0, 10, 20})
    take(true, {ann, bob}, {}, first);
  BOOST_TEST(next() == "0 all +ann");
  BOOST_TEST(next() == "10 all +ann");
  waiting.forget(10, 19);
  waiting.forget(30, 39);
  BOOST_TEST(next() == "20 all +ann");
  BOOST_TEST(next() == "0 +bob");
  BOOST_TEST(next() == "20 +bob");
  BOOST_TEST(waiting.empty());
  BOOST_TEST(waiting.bytes() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
