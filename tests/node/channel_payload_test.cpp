#include "app/node/channel_payload.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace rollcall::node;

join_wish good(std::string_view payload) {
  return std::get<join_wish>(read_join(payload));
}

std::string why(std::string_view payload) {
  return std::get<bad_payload>(read_join(payload)).why;
}

/// The meta of a join as it is tracked at second 12.
std::string stamped(const std::string& meta) {
  return with_online_at(good("{\"meta\":" + meta + "}").meta, 12);
}

std::string nested(std::size_t depth) {
  std::string out = "{\"meta\":";
  for (std::size_t i = 0; i < depth; ++i)
    out += "{\"a\":";
  out += "1" + std::string(depth, '}');
  return out + '}';
}

} // namespace

BOOST_AUTO_TEST_SUITE(channel_payload_tests)

BOOST_AUTO_TEST_CASE(an_empty_join_is_tracked_with_an_empty_meta) {
  for (const auto* payload : {"", "{}", " { } "}) {
    const auto wish = good(payload);
    BOOST_TEST(wish.key.empty());
    BOOST_TEST(wish.meta.json == "{}");
    BOOST_TEST(wish.is_tracked);
  }
}

BOOST_AUTO_TEST_CASE(who_counts_is_not_tracked_unless_it_says_so) {
  BOOST_TEST(good(R"({"mode":"count"})").wants_counts);
  BOOST_TEST(!good(R"({"mode":"count"})").is_tracked);
  BOOST_TEST(good(R"({"mode":"count","track":true})").is_tracked);
  BOOST_TEST(good(R"({"mode":"presences"})").is_tracked);
  for (const auto* payload : {R"({"mode":"all"})", R"({"mode":1})"})
    BOOST_TEST(why(payload) == R"(mode is not "presences" or "count")");
}

BOOST_AUTO_TEST_CASE(a_linger_is_a_whole_number_of_an_hour_at_most) {
  BOOST_TEST(!good("{}").linger_ms.has_value());
  BOOST_TEST(good(R"({"linger_ms":3600000})").linger_ms.value() == 3'600'000u);
  for (const auto* wrong : {"3600001", "-1", "0.5", "\"9\"", "null"})
    BOOST_TEST(why(std::string{"{\"linger_ms\":"} + wrong + "}")
               == "linger_ms is not a whole number from 0 to 3600000");
}

BOOST_AUTO_TEST_CASE(a_meta_keeps_the_bytes_it_came_in) {
  BOOST_TEST(
      good(R"({"x":[1,{"meta":0}], "meta" : {"n":1.50,"s":"}\""} })").meta.json
      == R"({"n":1.50,"s":"}\""})");
}

BOOST_AUTO_TEST_CASE(a_key_may_be_a_string_or_a_whole_number) {
  BOOST_TEST(good(R"({"key":"ann"})").key == "ann");
  BOOST_TEST(good(R"({"key":42})").key == "42");
  BOOST_TEST(good(R"({"key":-1})").key == "-1");
  BOOST_TEST(why(R"({"key":1.5})") == "key is not a string or a whole number");
  BOOST_TEST(why(R"({"key":null})") == "key is not a string or a whole number");
}

BOOST_AUTO_TEST_CASE(track_false_asks_for_an_observer) {
  BOOST_TEST(!good(R"({"track":false})").is_tracked);
  BOOST_TEST(good(R"({"track":true})").is_tracked);
  BOOST_TEST(why(R"({"track":"no"})") == "track is not true or false");
}

BOOST_AUTO_TEST_CASE(a_payload_that_is_no_object_is_refused) {
  for (const auto* payload : {"[]", "1", "null", "{", "{\"meta\":{}"})
    BOOST_TEST(why(payload) == "the payload is not an object, or too deep");
}

BOOST_AUTO_TEST_CASE(a_meta_that_is_no_object_is_refused) {
  for (const auto* payload : {R"({"meta":[]})", R"({"meta":"{}"})"})
    BOOST_TEST(why(payload) == "meta is not an object");
}

BOOST_AUTO_TEST_CASE(a_meta_of_32_levels_is_taken_and_one_of_33_is_not) {
  BOOST_TEST(good(nested(32)).meta.json.size() > 32u);
  BOOST_TEST(why(nested(33)) == "the payload is not an object, or too deep");
}

BOOST_AUTO_TEST_CASE(the_last_of_two_metas_counts) {
  BOOST_TEST(good(R"({"meta":{"a":1},"meta":{"b":2}})").meta.json
             == R"({"b":2})");
}

BOOST_AUTO_TEST_CASE(a_meta_hidden_behind_an_escaped_name_stays_an_object) {
  BOOST_TEST(good(R"({"meta":5,"\u006deta":{"a":1}})").meta.json
             == R"({"a":1})");
  BOOST_TEST(good(R"({"\u006deta":{"a":1}})").meta.json == R"({"a":1})");
}

BOOST_AUTO_TEST_CASE(online_at_is_added_and_nothing_else_changes) {
  BOOST_TEST(stamped("{}") == R"({"online_at":"12"})");
  BOOST_TEST(stamped(" { } ") == R"({ "online_at":"12"})");
  BOOST_TEST(stamped(R"({"n": 1.50})") == R"({"n": 1.50,"online_at":"12"})");
}

// A meta that is written anew must be JSON again. Later versions of Boost.JSON
// refuse such a number themselves.
BOOST_AUTO_TEST_CASE(a_number_that_no_double_can_be_stays_or_is_refused) {
  const auto as_it_came = read_join(R"({"meta":{"a":1e401}})");
  if (const auto* wish = std::get_if<join_wish>(&as_it_came))
    BOOST_TEST(wish->meta.json == R"({"a":1e401})");
  for (const auto* payload :
       {R"({"m\u0065ta":{"a":1e401}})", R"({"meta":{"a":1e401,"phx_ref":1}})"})
    BOOST_TEST(std::holds_alternative<bad_payload>(read_join(payload)));
}

BOOST_AUTO_TEST_CASE(a_client_cannot_set_what_is_the_servers) {
  BOOST_TEST(
      stamped(R"({"online_at":"1","phx_ref":"x","phx_ref_prev":"y","a":1})")
      == R"({"a":1,"online_at":"12"})");
  BOOST_TEST(stamped(R"({"phx\u005fref":"x"})") == R"({"online_at":"12"})");
}

BOOST_AUTO_TEST_CASE(a_raw_member_is_found_behind_strings_that_look_like_json) {
  BOOST_TEST(
      raw_member(R"({"a":"\"meta\":{}","meta":[1,"]"],"z":2})", "meta").value()
      == R"([1,"]"])");
  BOOST_TEST(!raw_member(R"({"a":{"meta":1}})", "meta").has_value());
}

BOOST_AUTO_TEST_CASE(only_events_of_the_application_are_relayed) {
  BOOST_TEST(may_relay("new_msg"));
  BOOST_TEST(may_relay("shout:loud"));
  for (const auto* event :
       {"presence_diff", "presence_state", "presence:list", "phx_reply",
        "phx_close", "phx_anything", "access_token"})
    BOOST_TEST(!may_relay(event));
}

BOOST_AUTO_TEST_CASE(an_error_is_json_whatever_it_holds) {
  BOOST_TEST(error_json("unauthorized") == R"({"reason":"unauthorized"})");
  BOOST_TEST(error_json("a", "\"b\"") == R"({"reason":"a","detail":"\"b\""})");
}

BOOST_AUTO_TEST_SUITE_END()
