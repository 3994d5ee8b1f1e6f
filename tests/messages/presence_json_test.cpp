#include "crdt/presence_set.hpp"
#include "rollcall/presence_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace rollcall;

namespace {

struct one_topic {
  crdt::presence_set set{crdt::replica_id{"a", 1, 0, 0}};

  entry_ptr join(std::string_view key, std::string_view meta,
                 std::uint64_t owner) {
    return set.join("t", crdt::stored_entry::make(key, meta, owner))->after;
  }

  std::string state(const enrichment& extra = {}) {
    std::string result;
    append_state_json(result, set.list("t"), extra);
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(presence_json_tests, one_topic)

BOOST_AUTO_TEST_CASE(an_empty_topic_is_an_empty_object) {
  BOOST_TEST(state() == "{}");
}

BOOST_AUTO_TEST_CASE(metas_of_one_key_stand_together_with_their_references) {
  const auto a = join("alice", R"({"d":1})", 1);
  const auto b = join("alice", "{}", 2);
  const auto c = join("bob", " { } ", 3);
  BOOST_TEST(state()
             == R"({"alice":{"metas":[{"d":1,"phx_ref":")" + a->phx_ref()
                    + R"("},{"phx_ref":")" + b->phx_ref()
                    + R"("}]},"bob":{"metas":[{"phx_ref":")" + c->phx_ref()
                    + R"("}]}})");
}

BOOST_AUTO_TEST_CASE(an_update_shows_the_reference_before) {
  const auto first = join("alice", "{}", 1);
  const auto after
      = set.update("t", crdt::stored_entry::make("alice", "{}", 1))->after;
  BOOST_TEST(state()
             == R"({"alice":{"metas":[{"phx_ref":")" + after->phx_ref()
                    + R"(","phx_ref_prev":")" + first->phx_ref() + R"("}]}})");
}

BOOST_AUTO_TEST_CASE(enrichment_stands_next_to_metas) {
  const auto a = join("alice", "{}", 1);
  BOOST_TEST(state({{"alice", R"({"name":"Al"})"}, {"bob", "{}"}})
             == R"({"alice":{"metas":[{"phx_ref":")" + a->phx_ref()
                    + R"("}],"name":"Al"}})");
  BOOST_TEST(state({{"alice", "{}"}}) == state());
}

BOOST_AUTO_TEST_CASE(a_key_is_escaped) {
  join("a\"\\\n\x01", "{}", 1);
  BOOST_TEST(state().starts_with(R"({"a\"\\\n\u0001":{"metas")"));
  BOOST_TEST(boost::json::parse(state()).as_object().contains("a\"\\\n\x01"));
}

BOOST_AUTO_TEST_CASE(presences_in_order_of_key_are_what_a_state_has) {
  const std::vector<entry_ptr> all{join("alice", R"({"d":1})", 1),
                                   join("alice", "{}", 2),
                                   join("b\"b", "{}", 3)};
  std::string text, none;
  BOOST_TEST(append_keyed_json(text, all) == 3u);
  BOOST_TEST(text == state());
  BOOST_TEST(append_keyed_json(none, {}) == 0u);
  BOOST_TEST(none == "{}");
}

BOOST_AUTO_TEST_CASE(presences_end_with_a_key_or_in_one_as_they_are_bounded) {
  const std::vector<entry_ptr> all{
      join("alice", "{}", 1), join("alice", "{}", 2), join("bob", "{}", 3)};
  const auto told = [&](keyed_json_bounds bounds) {
    std::string text = "before";
    const auto result = append_keyed_json(text, all, bounds);
    BOOST_TEST(boost::json::parse(text.substr(6)).is_object());
    return result;
  };
  BOOST_TEST(told({.bytes = 1}) == 2u);
  BOOST_TEST(told({.bytes = 1, .bytes_max = 1}) == 1u);
  BOOST_TEST(told({.bytes_max = 1}) == 1u);
  BOOST_TEST(told({.bytes = 0, .bytes_max = 0}) == 1u);
  BOOST_TEST(told({.bytes = 1000}) == 3u);
}

BOOST_AUTO_TEST_CASE(a_diff_has_both_sides_even_if_empty) {
  const auto a = join("alice", "{}", 1);
  std::string text;
  append_diff_json(text, diff{"t", {a}, {}, {}, {}, {}, {}, {}, {}});
  BOOST_TEST(text
             == R"({"joins":{"alice":{"metas":[{"phx_ref":")" + a->phx_ref()
                    + R"("}]}},"leaves":{}})");
}

BOOST_AUTO_TEST_CASE(metas_of_one_key_meet_in_a_diff_whatever_their_order) {
  const auto a = join("x", "{}", 1);
  const auto b = join("y", "{}", 2);
  const auto c = join("x", "{}", 3);
  std::string text;
  append_diff_json(text, diff{"t", {a, b, c}, {}, {}, {}, {}, {}, {}, {}});
  const auto joins = boost::json::parse(text).at("joins").as_object();
  BOOST_TEST(joins.at("x").at("metas").as_array().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_client_leaves_what_passed_and_joins_what_returned) {
  const auto a = join("alice", "{}", 1);
  const auto b = join("bob", "{}", 2);
  const auto c = join("carol", "{}", 3);
  std::string text;
  append_diff_json(text, diff{"t", {a}, {}, {}, {b}, {c}, {}, {}, {}});
  const auto json = boost::json::parse(text);
  BOOST_TEST(json.at("joins").as_object().size() == 2u);
  BOOST_TEST(json.at("joins").as_object().contains("carol"));
  BOOST_TEST(json.at("leaves").as_object().size() == 1u);
  BOOST_TEST(json.at("leaves").as_object().contains("bob"));
}

BOOST_AUTO_TEST_CASE(who_asks_is_told_with_each_leave_why) {
  const auto a = join("alice", R"({"leave_reason":"own"})", 1);
  const auto b = join("bob", "{}", 2);
  const auto c = join("carol", "{}", 3);
  diff change{"t", {c}, {b, a}, {}, {c}, {}, {}, {}, {}};
  change.leave_reasons = {leave_reason::lost, leave_reason::kicked};
  change.passed_reasons = {leave_reason::replaced};
  std::string text, plain;
  append_diff_json_with_reasons(text, change);
  append_diff_json(plain, change);
  const auto json = boost::json::parse(text);
  const auto why = [&](const char* key) {
    return json.at("leaves").at(key).at("metas").at(0).at("leave_reason");
  };
  BOOST_TEST(why("alice") == "kicked");
  BOOST_TEST(why("bob") == "lost");
  BOOST_TEST(why("carol") == "replaced");
  BOOST_TEST(
      !json.at("joins").at("carol").at("metas").at(0).as_object().contains(
          "leave_reason"));
  BOOST_TEST(plain.find("kicked") == std::string::npos);
  BOOST_TEST(plain.find("own") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
