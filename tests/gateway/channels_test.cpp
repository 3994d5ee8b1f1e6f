#include "tests/gateway/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall;
using namespace rollcall::test;
using namespace std::string_literals;

namespace {

struct one_client : open_gateway {
  one_client() : open_gateway{test_settings()} {
  }

  test_client client{port()};
};

const std::string unmatched = R"({"reason":"unmatched topic"})";

} // namespace

BOOST_FIXTURE_TEST_SUITE(channels_tests, one_client)

BOOST_AUTO_TEST_CASE(a_channel_joins_talks_and_leaves) {
  client.join("room:lobby", "11");
  BOOST_TEST(client.receive()
             == reply("\"11\"", "\"1\"", "room:lobby", "ok", "{}"));
  BOOST_TEST(client.receive()
             == R"(["11",null,"room:lobby","joined",{"status":"connected"}])");
  BOOST_TEST(client.receive()
             == R"([null,null,"room:lobby","user_entered",{"user":null}])");

  client.event("room:lobby", "new_msg", R"({"body":"hi!"})", "11");
  BOOST_TEST(client.receive()
             == R"([null,null,"room:lobby","new_msg",{"body":"hi!"}])");

  client.event("room:lobby", "phx_leave", "{}", "11");
  BOOST_TEST(client.receive()
             == reply("\"11\"", "\"2\"", "room:lobby", "ok", "{}"));
  BOOST_TEST(client.receive() == R"(["11","11","room:lobby","phx_close",{}])");
  BOOST_TEST(client.receive()
             == R"(["11",null,"room:lobby","you_left",{"message":"bye!"}])");
  BOOST_TEST(eventually([] { return living_channels() == 0; }));

  client.event("room:lobby", "new_msg", R"({"body":"hi!"})", "11");
  BOOST_TEST(client.receive()
             == reply("null", "\"2\"", "room:lobby", "error", unmatched));
  BOOST_TEST(client.is_quiet());
}

BOOST_AUTO_TEST_CASE(a_heartbeat_is_answered) {
  client.send(R"([null,"5","phoenix","heartbeat",{}])");
  BOOST_TEST(client.receive() == reply("null", "\"5\"", "phoenix", "ok", "{}"));
}

BOOST_AUTO_TEST_CASE(events_of_a_topic_never_joined_are_refused_each_time) {
  for (const auto* ref : {"1", "2"}) {
    client.event("room:never", "new_msg", "{}", "1", ref);
    BOOST_TEST(client.receive()
               == reply("null", "\"" + std::string{ref} + "\"", "room:never",
                        "error", unmatched));
  }
}

BOOST_AUTO_TEST_CASE(a_topic_without_a_channel_cannot_be_joined) {
  client.join("unmatched-topic");
  BOOST_TEST(client.receive()
             == reply("null", "\"1\"", "unmatched-topic", "error", unmatched));
  BOOST_TEST(refused(refusal::unmatched_topic) == 1u);
}

BOOST_AUTO_TEST_CASE(joining_twice_answers_both_joins) {
  client.join("room:twice", "1", "{\"quiet\":1}");
  BOOST_TEST(client.receive()
             == reply("\"1\"", "\"1\"", "room:twice", "ok", "{}"));
  client.join("room:twice", "2", "{\"quiet\":1}", "2");
  BOOST_TEST(client.receive() == R"(["1","1","room:twice","phx_close",{}])");
  BOOST_TEST(client.receive()
             == reply("\"2\"", "\"2\"", "room:twice", "ok", "{}"));
  client.event("room:twice", "echo", "{}", "1", "3");
  client.event("room:twice", "echo", "{}", "2", "4");
  BOOST_TEST(client.receive()
             == reply("\"2\"", "\"4\"", "room:twice", "ok", "{}"));
  BOOST_TEST(client.is_quiet());
  BOOST_TEST(eventually([] { return living_channels() == 1; }));
}

BOOST_AUTO_TEST_CASE(a_channel_that_crashes_is_an_error) {
  client.join_ok("room:crash", "1", "{\"quiet\":1}");
  client.event("room:crash", "boom");
  BOOST_TEST(
      client.receive()
      == R"(["1","1","room:crash","phx_error",{"reason":"channel_crash"}])");
  client.event("room:crash", "echo");
  BOOST_TEST(client.receive()
             == reply("null", "\"2\"", "room:crash", "error", unmatched));
  client.join_ok("room:crash", "3", "{\"quiet\":1}");
}

BOOST_AUTO_TEST_CASE(a_channel_may_refuse_crash_or_accept_a_join) {
  client.join("room:custom", "11", "{\"ignore\":1}");
  BOOST_TEST(client.receive()
             == reply("\"11\"", "\"1\"", "room:custom", "error",
                      R"({"reason":"ignore"})"));
  client.join("room:custom", "12", "{\"raise\":1}");
  BOOST_TEST(client.receive()
             == reply("\"12\"", "\"1\"", "room:custom", "error",
                      R"({"reason":"join crashed"})"));
  client.join("room:custom", "13", "{\"quiet\":1}");
  BOOST_TEST(client.receive()
             == reply("\"13\"", "\"1\"", "room:custom", "ok", "{}"));
  client.event("room:custom", "stop", "{}", "13");
  BOOST_TEST(client.receive() == R"(["13","13","room:custom","phx_close",{}])");
  BOOST_TEST(refused(refusal::join_rejected) == 1u);
  BOOST_TEST(refused(refusal::join_crashed) == 1u);
}

BOOST_AUTO_TEST_CASE(a_factory_that_throws_is_a_crashed_join) {
  client.join("room:throws", "12");
  BOOST_TEST(client.receive()
             == reply("\"12\"", "\"1\"", "room:throws", "error",
                      R"({"reason":"join crashed"})"));
}

BOOST_AUTO_TEST_CASE(bytes_are_replied_and_pushed) {
  client.join_ok("room:bin", "11", "{\"quiet\":1}");
  client.send_binary("\0\2\1\10\6"
                     "112room:binbinary\1\2"s);
  BOOST_TEST(client.receive()
             == "\1\2\1\10\2"
                "112room:binok\1\2\3\4"s);
  BOOST_TEST(client.receive()
             == "\0\2\10\13"
                "11room:binbinary_push"
                "\0\1"s);
}

BOOST_AUTO_TEST_CASE(binary_broadcasts_reach_all) {
  client.join_ok("room:bin", "1", "{\"quiet\":1}");
  client.send_binary("\0\1\1\10\7"
                     "12room:binnew_msg\1\2"s);
  BOOST_TEST(client.receive()
             == "\2\10\7"
                "room:binnew_msg\1\2"s);
}

BOOST_AUTO_TEST_CASE(a_binary_event_without_join_ref_is_stale) {
  client.join_ok("room:bin", "1", "{\"quiet\":1}");
  client.send_binary("\0\0\1\10\4"
                     "2room:binecho"s);
  BOOST_TEST(client.is_quiet());
  BOOST_TEST(refused(refusal::stale_message) == 1u);
}

BOOST_AUTO_TEST_CASE(a_reply_may_come_later_or_twice_or_never) {
  client.join_ok("room:a", "1", "{\"quiet\":1}");
  client.event("room:a", "later", "{}", "1", "7");
  BOOST_TEST(client.receive()
             == reply("\"1\"", "\"7\"", "room:a", "ok", R"({"late":true})"));
  client.event("room:a", "twice", "{}", "1", "8");
  BOOST_TEST(client.receive() == reply("\"1\"", "\"8\"", "room:a", "ok", "1"));
  BOOST_TEST(
      client.receive()
      == R"(["1","8","room:a","phx_reply",{"status":null,"response":2}])");
  client.send(R"(["1",null,"room:a","echo",{}])");
  BOOST_TEST(client.is_quiet());
}

BOOST_AUTO_TEST_CASE(a_broadcast_may_leave_its_sender_out) {
  test_client other{port()};
  client.join_ok("room:a", "1", "{\"quiet\":1}");
  other.join_ok("room:a", "1", "{\"quiet\":1}");
  client.event("room:a", "others", R"({"x":1})");
  BOOST_TEST(other.receive() == R"([null,null,"room:a","others",{"x":1}])");
  BOOST_TEST(client.is_quiet());
}

BOOST_AUTO_TEST_CASE(refs_that_are_numbers_are_echoed_as_numbers) {
  client.send(R"([3,4,"room:a","phx_join",{"quiet":1}])");
  BOOST_TEST(client.receive() == reply("3", "4", "room:a", "ok", "{}"));
  client.send(R"(["3",5,"room:a","echo",{}])");
  client.send(R"([3,6,"room:a","echo",[1]])");
  BOOST_TEST(client.receive() == reply("3", "6", "room:a", "ok", "[1]"));
}

BOOST_AUTO_TEST_SUITE_END()
