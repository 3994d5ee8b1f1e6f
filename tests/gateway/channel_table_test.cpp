#include "tests/gateway/one_session.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall::test;
using rollcall::presence_view;
namespace channels = rollcall::channels;

BOOST_FIXTURE_TEST_SUITE(channel_table_tests, one_session)

BOOST_AUTO_TEST_CASE(a_refused_join_leaves_the_topic_free) {
  send(R"(["1","1","room:a","phx_join",{}])");
  table.reject(1, R"({"reason":"ignore"})");
  BOOST_TEST(take_sent()
             == strings{error_reply("\"1\",\"1\"", "room:a", "ignore")});
  BOOST_TEST(table.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_join_that_ends_unanswered_has_crashed) {
  send(R"(["1","1","room:a","phx_join",{}])");
  table.end(1, false);
  BOOST_TEST(take_sent()
             == strings{error_reply("\"1\",\"1\"", "room:a", "join crashed")});
}

BOOST_AUTO_TEST_CASE(a_join_that_cannot_start_has_crashed) {
  effects.start_problem = channels::crashed;
  send(R"(["1","1","room:a","phx_join",{}])");
  BOOST_TEST(take_sent()
             == strings{error_reply("\"1\",\"1\"", "room:a", "join crashed")});
  BOOST_TEST(table.size() == 0u);
}

BOOST_AUTO_TEST_CASE(events_need_the_join_ref_or_none) {
  join("room:a", "1");
  send(R"(["1","7","room:a","good",{}])");
  send(R"([null,"7","room:a","also",{}])");
  for (const auto* other : {"\"2\"", "1", "\"\"", "[]"})
    send("[" + std::string{other} + R"(,"7","room:a","bad",{}])");
  BOOST_TEST(take_done()
             == (strings{"deliver room:a#1 good", "deliver room:a#1 also"}));
  BOOST_TEST(take_sent().empty());
  BOOST_TEST(refused().size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_null_join_ref_takes_only_null) {
  send(R"([null,"5","room:a","phx_join",{}])");
  table.accept(1, "{}", presence_view::diffs);
  take_done();
  send(R"([null,"7","room:a","good",{}])");
  send(R"(["5","7","room:a","bad",{}])");
  BOOST_TEST(take_done() == strings{"deliver room:a#1 good"});
  BOOST_TEST(table.find(1)->own_ref == "\"5\"");
}

BOOST_AUTO_TEST_CASE(an_event_without_a_channel_is_unmatched) {
  send(R"(["1","7","room:a","x",{}])");
  BOOST_TEST(take_sent() == strings{unmatched_7});
}

BOOST_AUTO_TEST_CASE(a_leave_is_answered_and_then_closed) {
  join("room:a", "1");
  send(R"([null,"7","room:a","phx_leave",{}])");
  BOOST_TEST(take_sent()
             == (strings{ok_7, R"(["1","1","room:a","phx_close",{}])"}));
  BOOST_TEST(take_done() == strings{"leave room:a#1"});
  send(R"(["1","7","room:a","x",{}])");
  BOOST_TEST(take_sent() == strings{unmatched_7});
  table.end(1, true);
  BOOST_TEST(take_sent().empty());
  BOOST_TEST(take_done() == strings{"forget room:a#1"});
}

BOOST_AUTO_TEST_CASE(a_stale_leave_is_dropped) {
  join("room:a", "1");
  send(R"(["stale","7","room:a","phx_leave",{}])");
  BOOST_TEST(take_sent().empty());
  BOOST_TEST(take_done().empty());
}

BOOST_AUTO_TEST_CASE(a_leave_without_a_channel_is_ok) {
  send(R"(["1","7","room:a","phx_leave",{}])");
  BOOST_TEST(take_sent() == strings{ok_7});
}

BOOST_AUTO_TEST_CASE(a_leaving_topic_can_be_joined_at_once) {
  join("room:a", "1");
  send(R"(["1","7","room:a","phx_leave",{}])");
  take_sent();
  take_done();
  send(R"(["8","8","room:a","phx_join",{}])");
  BOOST_TEST(take_sent().empty());
  BOOST_TEST(take_done() == (strings{"stop room:a#1", "start room:a#2 {}"}));
}

BOOST_AUTO_TEST_CASE(a_duplicate_join_never_closes_with_a_null_join_ref) {
  send(R"([null,"1","room:a","phx_join",{}])");
  table.accept(1, "{}", presence_view::diffs);
  take_sent();
  send(R"([null,"2","room:a","phx_join",{}])");
  BOOST_TEST(take_sent().empty());
}

BOOST_AUTO_TEST_CASE(messages_of_a_joining_topic_wait_in_order) {
  send(R"(["1","1","room:a","phx_join",{}])");
  send(R"(["1","2","room:a","first",{}])");
  send(R"(["1","7","room:a","phx_leave",{}])");
  send(R"(["8","8","room:a","phx_join",{}])");
  send(R"(["8","9","room:a","second",{}])");
  BOOST_TEST(take_done() == strings{"start room:a#1 {}"});
  table.accept(1, "{}", presence_view::diffs);
  BOOST_TEST(
      take_done()
      == (strings{"enter room:a#1", "deliver room:a#1 first", "leave room:a#1",
                  "stop room:a#1", "start room:a#2 {}"}));
  table.accept(2, "{}", presence_view::diffs);
  BOOST_TEST(take_done()
             == (strings{"enter room:a#2", "deliver room:a#2 second"}));
}

BOOST_AUTO_TEST_CASE(other_topics_do_not_wait_for_a_join) {
  join("room:b", "1");
  send(R"(["2","2","room:a","phx_join",{}])");
  send(R"(["1","7","room:b","x",{}])");
  BOOST_TEST(take_done().back() == "deliver room:b#1 x");
}

BOOST_AUTO_TEST_CASE(too_much_before_a_join_is_answered_closes_the_session) {
  send(R"(["1","1","room:a","phx_join",{}])");
  for (std::size_t i = 0; i < channels::channel_table::waiting_messages_max;
       ++i)
    send(R"(["1","2","room:a","x",{}])");
  BOOST_TEST(refused().empty());
  send(R"(["1","2","room:a","x",{}])");
  BOOST_TEST(refused() == strings{"flood"});
}

BOOST_AUTO_TEST_CASE(an_orderly_end_closes_and_a_crash_is_an_error) {
  join("room:a", "1");
  join("room:b", "2");
  table.end(1, false);
  table.end(2, true);
  BOOST_TEST(
      take_sent()
      == (strings{
          R"(["1","1","room:a","phx_close",{}])",
          R"(["2","2","room:b","phx_error",{"reason":"channel_crash"}])"}));
  send(R"(["1","7","room:a","x",{}])");
  BOOST_TEST(take_sent() == strings{unmatched_7});
}

BOOST_AUTO_TEST_CASE(nothing_happens_after_the_end_of_the_session) {
  join("room:a", "1");
  table.clear();
  BOOST_TEST(take_done() == strings{"stop room:a#1"});
  send(R"(["2","2","room:b","phx_join",{}])");
  table.end(1, true);
  table.accept(1, "{}", presence_view::state_and_diffs);
  BOOST_TEST(take_sent().empty());
  BOOST_TEST(take_done().empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_decoded_is_answered_by_its_kind) {
  join("room:a", "1");
  table.refuse({"1", "\"7\"", "\"room:a\"", "\"e\""},
               channels::problem::too_large);
  table.refuse({"null", "8", "3", "\"phx_join\""},
               channels::problem::topic_not_a_string);
  table.refuse({"null", "9", "\"room:a\"", "5"},
               channels::problem::event_not_a_string);
  const strings expected{
      R"([1,"7","room:a","phx_reply",{"status":"error","response":{"reason":"too_large","detail":"message is larger than the limit"}}])",
      R"([null,8,3,"phx_reply",{"status":"error","response":{"reason":"invalid_topic","detail":"topic is not a string"}}])",
      R"([null,9,"room:a","phx_reply",{"status":"error","response":{"reason":"invalid_message","detail":"event is not a string"}}])",
  };
  BOOST_TEST(take_sent() == expected);
  BOOST_TEST(
      refused()
      == (strings{"message_too_large", "invalid_topic", "invalid_message"}));
  BOOST_TEST(take_done() == strings{});
}

BOOST_AUTO_TEST_CASE(a_join_that_cannot_be_decoded_ends_the_former_channel) {
  join("room:a", "1");
  table.refuse({"\"2\"", "\"2\"", "\"room:a\"", "\"phx_join\""},
               channels::problem::too_deep);
  BOOST_TEST(take_done() == strings{"stop room:a#1"});
  BOOST_TEST(take_sent().front() == R"(["1","1","room:a","phx_close",{}])");
}

BOOST_AUTO_TEST_CASE(a_fresh_token_never_reaches_a_channel) {
  effects.takes_tokens = true;
  join("room:a", "1");
  send(R"(["1","7","room:a","access_token",{"access_token":"t"}])");
  BOOST_TEST(take_done() == strings{R"(renew {"access_token":"t"})"});
  BOOST_TEST(take_sent() == strings{ok_7});
  effects.token_problem = "it is \"bad\"";
  send(R"(["1","7","room:a","access_token",{}])");
  BOOST_TEST(
      take_sent()
      == strings{
          R"(["1","7","room:a","phx_reply",{"status":"error","response":{"reason":"unauthorized","detail":"it is \"bad\""}}])"});
  BOOST_TEST(refused() == strings{"token_refused"});
}

BOOST_AUTO_TEST_CASE(a_gateway_without_tokens_delivers_their_event) {
  join("room:a", "1");
  send(R"(["1","7","room:a","access_token",{}])");
  BOOST_TEST(take_done() == strings{"deliver room:a#1 access_token"});
}

BOOST_AUTO_TEST_SUITE_END()
