#include "app/node/auth.hpp"
#include "app/node/presence_channel.hpp"
#include "tests/actors/fault.hpp"
#include "tests/node/channel_node.hpp"
#include "tests/node/tokens.hpp"
#include "tests/support/contains.hpp"
#include <rollcall/presence_json.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <utility>

namespace {

using namespace rollcall;
using namespace rollcall::node;
using test::connect_options;
using namespace rollcall::test;
using test::contains;
using test::test_client;

} // namespace

BOOST_FIXTURE_TEST_SUITE(presence_channel_tests, open_node)

BOOST_AUTO_TEST_CASE(a_join_is_answered_and_then_the_state_comes) {
  auto ann = connect("&user_id=ann");
  BOOST_TEST(contains(enter(ann, R"({"meta":{"a":1}})"),
                      R"("status":"ok","response":{"key":"ann","phx_ref":")"));
  const auto state = ann.receive();
  BOOST_TEST(contains(state, "presence_state"));
  BOOST_TEST(contains(state, R"({"ann":{"metas":[{"a":1,"online_at":")"));
}

// A topic with so many and so long metas that the list has `bytes`.
void fill(presence who, const caf::actor& owner, std::size_t bytes) {
  const auto meta = [](std::size_t size) {
    return R"({"p":")" + std::string(size, 'x') + "\"}";
  };
  const auto size = [&who] {
    std::string text;
    append_state_json(text, who.list("room:1"));
    return text.size();
  };
  for (int i = 0; size() < bytes - 8000; ++i)
    BOOST_TEST_REQUIRE(
        !!who.track(owner, "room:1", "key" + std::to_string(i), meta(4000)));
  BOOST_TEST_REQUIRE(!!who.track(owner, "room:1", "half", meta(4000)));
  BOOST_TEST_REQUIRE(!!who.track(owner, "room:1", "last", meta(1)));
  const auto missing = bytes - size();
  BOOST_TEST_REQUIRE(!who.untrack(owner, "room:1", "last"));
  BOOST_TEST_REQUIRE(!!who.track(owner, "room:1", "last", meta(1 + missing)));
  BOOST_TEST_REQUIRE(size() == bytes);
}

BOOST_AUTO_TEST_CASE(a_list_of_one_mebibyte_is_a_reply) {
  caf::scoped_actor owner{system};
  fill(who, caf::actor_cast<caf::actor>(owner), 1u << 20);
  auto ann = connect();
  enter(ann, R"({"track":false})");
  const auto listed = ask(ann, "presence:list");
  BOOST_TEST(contains(listed, R"("status":"ok")"));
  BOOST_TEST(listed.size() > (1u << 20));
}

BOOST_AUTO_TEST_CASE(a_list_of_a_byte_more_is_too_large) {
  caf::scoped_actor owner{system};
  fill(who, caf::actor_cast<caf::actor>(owner), (1u << 20) + 1);
  auto ann = connect();
  enter(ann, R"({"track":false})");
  BOOST_TEST(contains(ask(ann, "presence:list"),
                      R"("status":"error","response":{"reason":"too_large")"));
}

// They waited for ever.
BOOST_AUTO_TEST_CASE(joiners_of_a_topic_without_room_for_us_are_told) {
  caf::scoped_actor first{system};
  caf::scoped_actor second{system};
  for (auto* each : {&first, &second})
    BOOST_REQUIRE(!who.subscribe(caf::actor_cast<caf::actor>(*each), "room:1"));
  auto ann = connect("&user_id=ann");
  const auto refused = enter(ann, "{}");
  BOOST_TEST(contains(refused, R"("reason":"too_many_subscribers")"), refused);
  BOOST_REQUIRE(!who.unsubscribe(caf::actor_cast<caf::actor>(first), "room:1"));
  BOOST_TEST(contains(enter(ann, "{}"), R"("status":"ok")"));
}

// Was "none": CAF's words for it are not ours.
BOOST_AUTO_TEST_CASE(once_the_runtime_has_stopped_clients_are_told_which_part) {
  auto ann = member("ann");
  ann.receive();
  who.stop();
  auto bob = connect("&user_id=bob");
  const auto refused = enter(bob, "{}");
  BOOST_TEST(contains(refused, R"("reason":"shard_unavailable")"), refused);
  const auto answered = ask(ann, "presence:update", R"({"meta":{}})");
  BOOST_TEST(contains(answered, R"("reason":"shard_unavailable")"), answered);
}

BOOST_AUTO_TEST_CASE(while_a_shard_is_down_clients_are_told_which_part) {
  auto ann = member("ann");
  ann.receive();
  testing::slot_of(who, "room:1").close();
  auto bob = connect("&user_id=bob");
  const auto refused = enter(bob, "{}");
  BOOST_TEST(contains(refused, R"("reason":"shard_unavailable")"), refused);
  for (const auto* event : {"presence:track", "presence:update"}) {
    const auto answered = ask(ann, event, R"({"meta":{}})");
    BOOST_TEST(contains(answered, R"("reason":"shard_unavailable")"), answered);
  }
}

BOOST_AUTO_TEST_CASE(the_connect_parameter_wins_over_the_key_of_the_join) {
  auto ann = connect("&user_id=ann");
  BOOST_TEST(contains(enter(ann, R"({"key":"bob"})"), R"("key":"ann")"));
}

BOOST_AUTO_TEST_CASE(the_key_of_the_join_counts_else) {
  auto somebody = connect();
  BOOST_TEST(contains(enter(somebody, R"({"key":7})"), R"("key":"7")"));
}

BOOST_AUTO_TEST_CASE(who_gives_no_key_is_a_guest_of_its_own) {
  auto first = connect();
  auto second = connect();
  BOOST_TEST(contains(enter(first, "{}"), R"("key":"guest-)"));
  BOOST_TEST(contains(enter(second, "{}"), R"("key":"guest-)"));
  BOOST_TEST(who.count("room:1").keys == 2u);
}

BOOST_AUTO_TEST_CASE(an_observer_sees_and_is_not_seen) {
  auto observer = connect();
  BOOST_TEST(contains(enter(observer, R"({"track":false})"), R"("ok")"));
  BOOST_TEST(contains(observer.receive(), "presence_state"));
  BOOST_TEST(who.count("room:1").presences == 0u);
  auto ann = connect("&user_id=ann");
  BOOST_TEST(contains(enter(ann, "{}"), R"("ok")"));
  BOOST_TEST(
      contains(observer.receive_with("presence_diff"), R"("joins":{"ann":)"));
}

BOOST_AUTO_TEST_CASE(a_bad_join_is_refused_with_a_reason) {
  auto ann = connect();
  BOOST_TEST(contains(enter(ann, R"({"meta":1})"),
                      R"({"reason":"invalid_payload","detail":)"));
  BOOST_TEST(contains(enter(ann, R"({"key":")" + std::string(256, 'k') + "\"}"),
                      R"({"reason":"invalid_key")"));
  BOOST_TEST(contains(
      enter(ann, R"({"meta":{"x":")" + std::string(4096, 'm') + "\"}}"),
      R"({"reason":"too_large")"));
}

BOOST_AUTO_TEST_CASE(an_update_keeps_the_time_of_the_join) {
  auto ann = member("ann");
  const auto before = who.get_by_key("room:1", "ann").at(0);
  BOOST_TEST(contains(ask(ann, "presence:update", R"({"meta":{"b":2}})"),
                      R"("ok","response":{"phx_ref":)"));
  const auto after = who.get_by_key("room:1", "ann").at(0);
  BOOST_TEST(after->meta()
             == R"({"b":2,)" + std::string{before->meta().substr(1)});
}

BOOST_AUTO_TEST_CASE(an_older_session_is_told_and_closed_for_good) {
  auto older = connect("&user_id=ann");
  older.join("arena", "1", "{}");
  older.receive_with("presence_state");
  auto newer = connect("&user_id=ann");
  newer.join("arena", "1", "{}");
  BOOST_TEST(contains(newer.receive(), R"("status":"ok")"));
  BOOST_TEST(older.receive_with("presence_replaced")
             == R"(["1",null,"arena","presence_replaced",{"key":"ann"}])");
  // With phx_error it would join again, and end the newer one.
  BOOST_TEST(older.receive_with("phx_close")
             == R"(["1","1","arena","phx_close",{}])");
  BOOST_TEST(who.count("arena").presences == 1u);
}

BOOST_AUTO_TEST_CASE(an_observer_whose_presence_is_replaced_stays_a_member) {
  auto older = connect("&user_id=ann");
  older.join("arena", "1", R"({"track":false})");
  older.receive_with("presence_state");
  older.event("arena", "presence:track", "{}");
  older.receive_with("phx_reply");
  auto newer = connect("&user_id=ann");
  newer.join("arena", "1", "{}");
  older.receive_with("presence_replaced");
  older.event("arena", "presence:count", "{}");
  BOOST_TEST(contains(older.receive_with("phx_reply"), R"("presences":1)"));
}

BOOST_AUTO_TEST_CASE(a_newer_session_of_an_oldest_topic_is_refused) {
  auto older = connect("&user_id=ann");
  older.join("vault", "1", "{}");
  BOOST_TEST(contains(older.receive(), R"("status":"ok")"));
  auto newer = connect("&user_id=ann");
  newer.join("vault", "1", "{}");
  BOOST_TEST(contains(newer.receive(),
                      R"("status":"error","response":{"reason":"key_taken")"));
}

BOOST_AUTO_TEST_CASE(a_presence_may_be_untracked_and_tracked_again) {
  auto ann = member("ann");
  BOOST_TEST(contains(ask(ann, "presence:track"), "already_tracked"));
  BOOST_TEST(contains(ask(ann, "presence:untrack"), R"("ok","response":{})"));
  BOOST_TEST(who.count("room:1").presences == 0u);
  BOOST_TEST(contains(ask(ann, "presence:update"), "not_tracked"));
  BOOST_TEST(contains(ask(ann, "presence:track"), R"("ok")"));
  BOOST_TEST(who.count("room:1").presences == 1u);
}

BOOST_AUTO_TEST_CASE(a_bad_meta_is_refused_and_the_channel_lives_on) {
  auto ann = member("ann");
  BOOST_TEST(contains(ask(ann, "presence:update", R"({"meta":[]})"),
                      "invalid_payload"));
  BOOST_TEST(contains(ask(ann, "presence:update", "[]"), "invalid_payload"));
  BOOST_TEST(contains(ask(ann, "presence:count"), R"("ok")"));
}

BOOST_AUTO_TEST_CASE(list_and_count_tell_who_is_here) {
  auto ann = member("ann");
  auto again = member("ann");
  BOOST_TEST(
      contains(ask(ann, "presence:count"), R"({"presences":2,"keys":1})"));
  BOOST_TEST(contains(ask(ann, "presence:list"), R"({"ann":{"metas":[{)"));
}

BOOST_AUTO_TEST_CASE(other_events_go_to_all_other_members) {
  auto ann = member("ann");
  auto bob = member("bob");
  BOOST_TEST(
      contains(ask(ann, "wave", R"({"n": 1.50})"), R"("ok","response":{})"));
  BOOST_TEST(bob.receive_with("wave")
             == R"([null,null,"room:1","wave",{"n": 1.50}])");
  ask(bob, "after");
  BOOST_TEST(contains(ann.receive_with("after"), "[null,null"));
}

BOOST_AUTO_TEST_CASE(a_client_cannot_fake_events_of_the_server) {
  auto ann = member("ann");
  for (const auto* event : {"presence_diff", "presence_state", "phx_close"})
    BOOST_TEST(contains(ask(ann, event), "unknown_event"), event);
}

BOOST_AUTO_TEST_CASE(a_relayed_payload_is_an_object) {
  auto ann = member("ann");
  for (const auto* payload : {"1", "[]", "null"})
    BOOST_TEST(contains(ask(ann, "wave", payload), "invalid_payload"), payload);
}

BOOST_AUTO_TEST_CASE(what_is_told_to_a_key_reaches_its_client_and_no_other) {
  auto ann = member("ann");
  auto bob = member("bob");
  who.tell("room:1", "ann",
           caf::make_message(told_event{"nudge", R"({"by":"bob"})", false}));
  who.tell("room:1", "bob", caf::make_message(told_event{"poke", "{}", false}));
  BOOST_TEST(contains(ann.receive_with("nudge"), R"({"by":"bob"})"));
  BOOST_TEST(!contains(bob.receive_with("poke"), "nudge"));
}

BOOST_AUTO_TEST_CASE(a_leave_ends_the_presence) {
  auto ann = member("ann");
  auto bob = member("bob");
  ann.event("room:1", "phx_leave");
  BOOST_TEST(contains(bob.receive_with(R"("leaves":{"ann")"), "presence_diff"));
}

BOOST_AUTO_TEST_CASE(a_lost_connection_ends_the_presence) {
  auto ann = member("ann");
  auto bob = member("bob");
  ann.drop();
  BOOST_TEST(contains(bob.receive_with(R"("leaves":{"ann")"), "presence_diff"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(presence_channel_setting_tests, channel_node)

BOOST_AUTO_TEST_CASE(without_relay_other_events_are_unknown) {
  context->settings.relay = false;
  open();
  auto ann = member("ann");
  BOOST_TEST(contains(ask(ann, "wave"), "unknown_event"));
}

BOOST_AUTO_TEST_CASE(
    the_subject_of_the_token_is_the_key_and_topics_are_checked) {
  auth_settings auth;
  auth.hs256_secret = std::string(32, 's');
  const auto verifier = std::get<token_verifier>(token_verifier::make(auth));
  context->is_auth_required = true;
  clients.on_connect([verifier](const connect_info& info) {
    return connect_with_token(verifier, info, 100);
  });
  open();
  const auto token
      = test::make_token("HS256", auth.hs256_secret,
                         R"({"sub":"ann","exp":200,"topics":["room:*"],)"
                         R"("follow":["team:*"]})");
  auto ann = connect("&user_id=eve&token=" + token);
  BOOST_TEST(contains(enter(ann, R"({"key":"eve"})"), R"("key":"ann")"));
  ann.join("shop", "2", "{}", "2");
  BOOST_TEST(
      contains(ann.receive_with("shop"), R"({"reason":"unauthorized"})"));
  BOOST_TEST(contains(ask(ann, "follow", R"({"keys":["team:bob"]})"), "ok"));
  BOOST_TEST(contains(ask(ann, "follow", R"({"keys":["team:bob","eve"]})"),
                      R"({"reason":"unauthorized","detail":"key eve"})"));
  BOOST_TEST(connect("&user_id=eve").answer().status == 403u);
}

BOOST_AUTO_TEST_SUITE_END()
