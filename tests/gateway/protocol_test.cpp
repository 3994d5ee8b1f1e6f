#include "app/gateway/protocol.hpp"
#include "tests/gateway/hex.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>

using namespace rollcall::channels;
using rollcall::test::from_hex;

namespace rollcall::channels {

std::ostream& operator<<(std::ostream& out, problem why) {
  return out << describe(why);
}

} // namespace rollcall::channels

namespace {

message decoded(std::string_view frame) {
  message message;
  BOOST_TEST(decode_text(frame, {}, message) == problem::none);
  return message;
}

problem text_problem(std::string_view frame) {
  message message;
  return decode_text(frame, {}, message);
}

problem binary_problem(std::string_view frame) {
  message message;
  return decode_binary(frame, message);
}

const body object{"{\"foo\":1}"};

} // namespace

BOOST_AUTO_TEST_SUITE(protocol_tests)

BOOST_AUTO_TEST_CASE(a_text_frame_has_five_elements) {
  const auto message = decoded(R"(["0","1","t","e",{"foo":1}])");
  BOOST_TEST(message.join_ref == "\"0\"");
  BOOST_TEST(message.ref == "\"1\"");
  BOOST_TEST(message.topic == "t");
  BOOST_TEST(message.event == "e");
  BOOST_TEST(message.payload.bytes == R"({"foo":1})");
  BOOST_TEST(!message.payload.is_binary);
}

BOOST_AUTO_TEST_CASE(elements_after_the_fifth_are_ignored) {
  BOOST_TEST(decoded(R"([1,2,"t","e",[],"more",{}])").payload.bytes == "[]");
}

BOOST_AUTO_TEST_CASE(refs_of_any_type_are_echoed_as_they_came) {
  const auto message = decoded(R"([ {"a":[1, 2]} , 1.50 ,"t","e",null])");
  BOOST_TEST(message.join_ref == R"({"a":[1, 2]})");
  BOOST_TEST(message.ref == "1.50");
  const auto reply
      = encode_reply(message.join_ref, message.ref, "t", "ok", {"{}"});
  BOOST_TEST(
      reply.bytes
      == R"([{"a":[1, 2]},1.50,"t","phx_reply",{"status":"ok","response":{}}])");
}

BOOST_AUTO_TEST_CASE(escapes_in_topic_and_event_are_resolved) {
  const auto message = decoded(R"([null,"\u0031","a\"b\u00e9","\/x",{}])");
  BOOST_TEST(message.topic == "a\"b\u00e9");
  BOOST_TEST(message.event == "/x");
  BOOST_TEST(message.ref == "\"1\"");
}

BOOST_AUTO_TEST_CASE(brackets_and_commas_in_strings_do_not_cut) {
  const auto message = decoded(R"(["],[","\\","t]","e,",{"k":"]}\",["}])");
  BOOST_TEST(message.join_ref == R"("],[")");
  BOOST_TEST(message.topic == "t]");
  BOOST_TEST(message.payload.bytes == R"({"k":"]}\",["})");
}

BOOST_AUTO_TEST_CASE(what_is_no_message_is_refused) {
  BOOST_TEST(text_problem("") == problem::not_json);
  BOOST_TEST(text_problem("[1,2") == problem::not_json);
  BOOST_TEST(text_problem("[1,2,\"t\",\"e\",{}] x") == problem::not_json);
  BOOST_TEST(text_problem("{}") == problem::not_an_array);
  BOOST_TEST(text_problem("[]") == problem::too_few_elements);
  BOOST_TEST(text_problem(R"([1,2,"t","e"])") == problem::too_few_elements);
  BOOST_TEST(text_problem(R"([1,2,3,"e",{}])") == problem::topic_not_a_string);
  BOOST_TEST(text_problem(R"([1,2,"t",4,{}])") == problem::event_not_a_string);
  BOOST_TEST(text_problem("[1,2,\"\xff\",\"e\",{}]") == problem::invalid_utf8);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_brackets_are_too_deep) {
  const std::string deep(100'000, '[');
  BOOST_TEST(text_problem(deep) == problem::too_deep);
  BOOST_TEST(text_problem(R"([1,2,"t","e",)" + deep) == problem::too_deep);
}

BOOST_AUTO_TEST_CASE(a_payload_may_nest_to_the_limit_and_no_deeper) {
  const auto nested = [](std::size_t depth) {
    return R"([1,2,"t","e",)" + std::string(depth, '[')
           + std::string(depth, ']') + "]";
  };
  BOOST_TEST(text_problem(nested(64)) == problem::none);
  BOOST_TEST(text_problem(nested(65)) == problem::too_deep);
}

BOOST_AUTO_TEST_CASE(oversized_fields_are_refused_by_name) {
  const auto with = [](std::string_view a, std::string_view b,
                       std::string_view c, std::string_view d) {
    std::string text = "[\"";
    for (const auto part : {a, b, c, d}) {
      text += part;
      text += "\",\"";
    }
    return text + "x\"]";
  };
  const std::string fits(255, 'x');
  const std::string over(256, 'x');
  BOOST_TEST(text_problem(with(fits, fits, fits, fits)) == problem::none);
  BOOST_TEST(text_problem(with(over, "", "", ""))
             == problem::join_ref_too_long);
  BOOST_TEST(text_problem(with("", over, "", "")) == problem::ref_too_long);
  BOOST_TEST(text_problem(with("", "", over, "")) == problem::topic_too_long);
  BOOST_TEST(text_problem(with("", "", "", over)) == problem::event_too_long);
  BOOST_TEST(describe(problem::topic_too_long).starts_with("topic"));
}

BOOST_AUTO_TEST_CASE(a_binary_push_of_the_client_is_decoded) {
  message message;
  BOOST_TEST(decode_binary(from_hex("00 02 03 05 05 3132 313233 746f706963 "
                                    "6576656e74 656667"),
                           message)
             == problem::none);
  BOOST_TEST(message.join_ref == "\"12\"");
  BOOST_TEST(message.ref == "\"123\"");
  BOOST_TEST(message.topic == "topic");
  BOOST_TEST(message.event == "event");
  BOOST_TEST(message.payload.bytes == "efg");
  BOOST_TEST(message.payload.is_binary);
}

BOOST_AUTO_TEST_CASE(the_shortest_binary_push_is_decoded) {
  message message;
  BOOST_TEST(decode_binary(from_hex("00 01 01 01 01 30 31 74 65 01"), message)
             == problem::none);
  BOOST_TEST(message.payload.bytes == "\x01");
}

BOOST_AUTO_TEST_CASE(an_empty_binary_join_ref_is_not_null) {
  message message;
  BOOST_TEST(decode_binary(from_hex("00 00 00 01 01 74 65"), message)
             == problem::none);
  BOOST_TEST(message.join_ref == "\"\"");
}

BOOST_AUTO_TEST_CASE(broken_binary_frames_are_refused) {
  BOOST_TEST(binary_problem("") == problem::truncated);
  BOOST_TEST(binary_problem(from_hex("00")) == problem::truncated);
  BOOST_TEST(binary_problem(from_hex("00 01 01 01 01 30 31 74"))
             == problem::truncated);
  BOOST_TEST(binary_problem(from_hex("00 ff ff ff ff")) == problem::truncated);
  BOOST_TEST(binary_problem(from_hex("01 01 01 01 01 30 31 74 65"))
             == problem::unknown_kind);
  BOOST_TEST(binary_problem(from_hex("00 00 00 01 01 ff 65"))
             == problem::invalid_utf8);
}

BOOST_AUTO_TEST_CASE(binary_frames_of_the_server_match_the_vectors) {
  const body data{"efg", true};
  BOOST_TEST(encode_push("\"12\"", "topic", "event", data).bytes
             == from_hex("00 02 05 05 3132 746f706963 6576656e74 656667"));
  BOOST_TEST(encode_reply("\"12\"", "\"123\"", "topic", "ok", data).bytes
             == from_hex("01 02 03 05 02 3132 313233 746f706963 6f6b 656667"));
  BOOST_TEST(encode_broadcast("topic", "event", data).bytes
             == from_hex("02 05 05 746f706963 6576656e74 656667"));
}

BOOST_AUTO_TEST_CASE(sizes_of_binary_fields_count_bytes) {
  const auto frame
      = encode_push("\"\U0001f680\"", "room:caf\u00e9", "\u03c0", {"", true});
  BOOST_TEST(frame.bytes.substr(0, 4) == from_hex("00 04 0a 02"));
}

BOOST_AUTO_TEST_CASE(a_null_ref_is_an_empty_binary_field) {
  BOOST_TEST(encode_push("null", "t", "e", {"", true}).bytes
             == from_hex("00 00 01 01 74 65"));
  BOOST_TEST(encode_reply("7", "8", "t", "ok", {"", true}).bytes
             == from_hex("01 01 01 01 02 37 38 74 6f6b"));
}

BOOST_AUTO_TEST_CASE(oversized_binary_fields_are_refused_by_name) {
  const std::string over(256, 'x');
  const auto quoted = "\"" + over + "\"";
  const body data{"", true};
  BOOST_TEST(encode_push(quoted, "t", "e", data).problem
             == problem::join_ref_too_long);
  BOOST_TEST(encode_push("1", over, "e", data).problem
             == problem::topic_too_long);
  BOOST_TEST(encode_push("1", "t", over, data).problem
             == problem::event_too_long);
  BOOST_TEST(encode_reply("1", quoted, "t", "ok", data).problem
             == problem::ref_too_long);
  BOOST_TEST(encode_reply("1", "1", "t", over, data).problem
             == problem::status_too_long);
  BOOST_TEST(encode_broadcast(over, "e", data).problem
             == problem::topic_too_long);
  BOOST_TEST(encode_broadcast(over, "e", data).bytes.empty());
}

BOOST_AUTO_TEST_CASE(a_broadcast_has_null_refs) {
  BOOST_TEST(encode_broadcast("t", "e", {R"({"m":1})"}).bytes
             == R"([null,null,"t","e",{"m":1}])");
}

BOOST_AUTO_TEST_CASE(a_push_has_a_null_ref) {
  BOOST_TEST(encode_push("\"3\"", "t", "e", object).bytes
             == R"(["3",null,"t","e",{"foo":1}])");
}

BOOST_AUTO_TEST_CASE(pushes_and_broadcasts_must_be_objects) {
  BOOST_TEST(encode_push("1", "t", "e", {"[1]"}).problem
             == problem::payload_not_an_object);
  BOOST_TEST(encode_broadcast("t", "e", {"\"x\""}).problem
             == problem::payload_not_an_object);
  BOOST_TEST(encode_reply("1", "1", "t", "ok", {"[1]"}).problem
             == problem::none);
}

BOOST_AUTO_TEST_CASE(a_reply_without_status_says_null) {
  BOOST_TEST(encode_reply("\"1\"", "\"2\"", "t", "", {"{}"}).bytes
             == R"(["1","2","t","phx_reply",{"status":null,"response":{}}])");
}

BOOST_AUTO_TEST_CASE(close_and_error_carry_the_join_ref_twice) {
  BOOST_TEST(encode_close("\"3\"", "t") == R"(["3","3","t","phx_close",{}])");
  BOOST_TEST(encode_error("null", "t")
             == R"([null,null,"t","phx_error",{"reason":"channel_crash"}])");
}

BOOST_AUTO_TEST_CASE(quotes_and_control_characters_are_escaped) {
  BOOST_TEST(encode_push("1", "a\"\\\n", "e", object).bytes
             == "[1,null,\"a\\\"\\\\\\n\",\"e\",{\"foo\":1}]");
}

BOOST_AUTO_TEST_SUITE_END()
