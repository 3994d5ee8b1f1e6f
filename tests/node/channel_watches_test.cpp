// What a client follows, counts, and how long it lingers.
#include "tests/node/channel_node.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall;
using namespace rollcall::test;

BOOST_FIXTURE_TEST_SUITE(channel_watches_tests, open_node)

BOOST_AUTO_TEST_CASE(a_client_follows_keys_over_all_topics) {
  auto ann = connect("&user_id=ann");
  enter(ann, "{}");
  ann.receive();
  BOOST_TEST(contains(ask(ann, "follow", R"({"keys":["bob","eve"]})"),
                      R"("status":"ok","response":{})"));
  BOOST_TEST(contains(ann.receive_with("follow:state"),
                      R"({"online":[],"offline":["bob","eve"]})"));
  auto bob = connect("&user_id=bob");
  bob.join("match:7", "1", "{}");
  BOOST_TEST(contains(ann.receive_with("follow:diff"),
                      R"({"came_online":["bob"],"went_offline":[]})"));
  bob.close();
  BOOST_TEST(contains(ann.receive_with("follow:diff"),
                      R"({"came_online":[],"went_offline":["bob"]})"));
  BOOST_TEST(contains(ask(ann, "unfollow", R"({"keys":["bob"]})"), "ok"));
  BOOST_TEST(who.stats().follows == 1u);
}

BOOST_AUTO_TEST_CASE(a_client_hears_when_those_offline_were_last_here) {
  auto ann = connect("&user_id=ann");
  enter(ann, "{}");
  ask(ann, "follow", R"({"keys":["bob"]})");
  BOOST_TEST(contains(ann.receive_with("follow:state"),
                      R"({"online":[],"offline":["bob"]})"));
  auto bob = connect("&user_id=bob");
  bob.join("match:7", "1", "{}");
  bob.close();
  ann.receive_with("came_online\":[\"bob");
  ann.receive_with("went_offline\":[\"bob");
  ask(ann, "follow", R"({"keys":["bob","eve"]})");
  BOOST_TEST(contains(ann.receive_with("follow:state"),
                      R"("offline":["bob","eve"],"last_seen":{"bob":1)"));
}

BOOST_AUTO_TEST_CASE(what_a_client_cannot_follow_it_is_told) {
  auto ann = connect("&user_id=ann");
  enter(ann, "{}");
  BOOST_TEST(contains(ask(ann, "follow", R"({"keys":[""]})"),
                      R"("reason":"invalid_key")"));
  BOOST_TEST(contains(ask(ann, "follow", "{}"),
                      R"("detail":"keys is not a list of strings")"));
  BOOST_TEST(contains(ask(ann, "unfollow", R"({"keys":7})"),
                      R"("reason":"invalid_payload")"));
}

BOOST_AUTO_TEST_CASE(
    a_client_that_counts_hears_how_many_are_there_and_not_who) {
  auto ann = connect("&user_id=ann");
  enter(ann, "{}");
  auto counter = connect("&user_id=eve");
  const auto reply = enter(counter, R"({"mode":"count"})");
  BOOST_TEST(contains(reply, R"("response":{"key":"eve"})"), reply);
  BOOST_TEST(
      contains(counter.receive(),
               R"({"topics":{"room:1":{"presences":1,"keys":1}},"all":true})"));
  auto bob = connect("&user_id=bob");
  enter(bob, "{}");
  BOOST_TEST(contains(
      counter.receive(),
      R"({"topics":{"room:1":{"presences":2,"keys":2}},"all":false})"));
}

BOOST_AUTO_TEST_CASE(a_prefix_counts_all_topics_that_begin_with_it) {
  auto ann = connect("&user_id=ann");
  ann.join("match:1", "1", "{}");
  ann.receive();
  auto lobby = connect("&user_id=eve");
  lobby.join("match:*", "1", R"({"mode":"count"})");
  BOOST_TEST(contains(
      lobby.receive_with("presence_counts"),
      R"({"topics":{"match:1":{"presences":1,"keys":1}},"all":true})"));
}

BOOST_AUTO_TEST_CASE(a_client_lingers_as_long_as_it_asks_and_may) {
  const auto linger = [this](const std::string& user, const std::string& wish) {
    auto client = connect("&user_id=" + user);
    enter(client, wish);
    return who.get_by_key("room:1", user).at(0)->linger_ms();
  };
  context->settings.linger_ms = 5;
  context->settings.linger_ms_max = 50;
  BOOST_TEST(linger("ann", "{}") == 5u);
  BOOST_TEST(linger("bob", R"({"linger_ms":0})") == 0u);
  BOOST_TEST(linger("eve", R"({"linger_ms":30})") == 30u);
  BOOST_TEST(linger("joe", R"({"linger_ms":70})") == 50u);
}

BOOST_AUTO_TEST_SUITE_END()
