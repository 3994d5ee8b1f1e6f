#include "tests/gateway/one_session.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall::test;
using rollcall::presence_view;

BOOST_FIXTURE_TEST_SUITE(channel_table_tests, one_session)

BOOST_AUTO_TEST_CASE(a_heartbeat_is_answered_with_a_null_join_ref) {
  send(R"(["x","7","phoenix","heartbeat",{}])");
  BOOST_TEST(
      take_sent()
      == strings{
          R"([null,"7","phoenix","phx_reply",{"status":"ok","response":{}}])"});
}

BOOST_AUTO_TEST_CASE(other_events_of_topic_phoenix_are_unmatched) {
  send(R"([null,"7","phoenix","other",{}])");
  BOOST_TEST(
      take_sent()
      == strings{error_reply("null,\"7\"", "phoenix", "unmatched topic")});
}

BOOST_AUTO_TEST_CASE(a_join_is_answered_before_its_member_enters) {
  send(R"(["11","1","room:a","phx_join",{"k":1}])");
  BOOST_TEST(take_done() == strings{R"(start room:a#1 {"k":1})"});
  BOOST_TEST(take_sent().empty());
  table.accept(1, R"({"x":2})", presence_view::state_and_diffs);
  BOOST_TEST(
      take_sent()
      == strings{
          R"(["11","1","room:a","phx_reply",{"status":"ok","response":{"x":2}}])"});
  BOOST_TEST(take_done() == strings{"enter room:a#1 with state"});
}

BOOST_AUTO_TEST_CASE(a_topic_without_a_channel_is_unmatched) {
  send(R"(["11","1","lobby","phx_join",{}])");
  BOOST_TEST(take_sent()
             == strings{error_reply("null,\"1\"", "lobby", "unmatched topic")});
}

BOOST_AUTO_TEST_CASE(a_join_above_the_limit_is_refused_with_its_join_ref) {
  for (const auto* topic : {"room:a", "room:b", "room:c"})
    join(topic, "1");
  send(R"(["8","9","room:d","phx_join",{}])");
  BOOST_TEST(take_sent()
             == strings{error_reply("\"8\",\"9\"", "room:d",
                                    "too many channels joined")});
}

BOOST_AUTO_TEST_CASE(who_leaves_has_room_again_before_the_actor_has_ended) {
  for (const auto* topic : {"room:a", "room:b", "room:c"})
    join(topic, "1");
  send(R"(["1","2","room:a","phx_leave",{}])");
  join("room:d", "3");
  BOOST_TEST(refused().empty());
}

BOOST_AUTO_TEST_CASE(of_those_that_leave_there_are_as_many_at_most) {
  for (const auto* topic : {"room:a", "room:b", "room:c"}) {
    join(topic, "1");
    send(R"(["1","2",")" + std::string{topic} + R"(","phx_leave",{}])");
  }
  for (const auto* topic : {"room:d", "room:e", "room:f"}) {
    join(topic, "1");
    send(R"(["1","2",")" + std::string{topic} + R"(","phx_leave",{}])");
  }
  BOOST_TEST(refused().empty());
  send(R"(["8","9","room:g","phx_join",{}])");
  BOOST_TEST(refused() == strings{"channels_max"});
}

BOOST_AUTO_TEST_CASE(the_pattern_is_checked_before_the_limit) {
  for (const auto* topic : {"room:a", "room:b", "room:c"})
    join(topic, "1");
  send(R"(["8","9","lobby","phx_join",{}])");
  BOOST_TEST(refused() == strings{"unmatched_topic"});
}

BOOST_AUTO_TEST_CASE(a_rejoin_at_the_limit_works) {
  for (const auto* topic : {"room:a", "room:b", "room:c"})
    join(topic, "1");
  send(R"(["9","9","room:a","phx_join",{}])");
  BOOST_TEST(take_sent() == strings{R"(["1","1","room:a","phx_close",{}])"});
  BOOST_TEST(take_done() == (strings{"stop room:a#1", "start room:a#4 {}"}));
}

BOOST_AUTO_TEST_CASE(a_join_above_the_rate_is_refused) {
  effects.admits = false;
  send(R"(["1","1","room:a","phx_join",{}])");
  BOOST_TEST(take_sent()
             == strings{error_reply("\"1\",\"1\"", "room:a", "overloaded")});
}

BOOST_AUTO_TEST_SUITE_END()
