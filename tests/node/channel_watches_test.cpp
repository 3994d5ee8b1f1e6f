// What a client follows, counts, and how long it lingers.
#include "app/node/auth.hpp"
#include "tests/node/channel_node.hpp"
#include <rollcall/limits.hpp>

#include <caf/event_based_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

using namespace rollcall;
using namespace rollcall::test;

namespace {

/// A node that asks for tokens, which are the one key that may be followed.
struct token_node : channel_node {
  token_node() {
    context->is_auth_required = true;
    clients.on_connect([](const connect_info& info) {
      return who_may_follow(info.params.at("token"));
    });
    clients.on_renew([](const connect_info&, const std::string& token) {
      return who_may_follow(token);
    });
    open();
  }

  static connect_result who_may_follow(const std::string& key) {
    auto who = std::make_shared<node::identity>();
    who->subject = "ann";
    who->follow = {key};
    connect_result result;
    result.session_id = "ann";
    result.assigns = std::move(who);
    return result;
  }
};

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {}};
}

/// A list of keys as JSON.
std::string keys_json(int count, const std::string& name) {
  std::string result = R"({"keys":[)";
  for (int i = 0; i < count; ++i)
    result += (i == 0 ? "\"" : ",\"") + name + std::to_string(i) + '"';
  return result + "]}";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(channel_watches_tests, open_node)

BOOST_AUTO_TEST_CASE(a_client_follows_keys_over_all_topics) {
  auto ann = member("ann");
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
  auto ann = member("ann");
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
  auto ann = member("ann");
  BOOST_TEST(contains(ask(ann, "follow", R"({"keys":[""]})"),
                      R"("reason":"invalid_key")"));
  BOOST_TEST(contains(ask(ann, "follow", "{}"),
                      R"("detail":"keys is not a list of strings or whole )"
                      R"(numbers")"));
  BOOST_TEST(contains(ask(ann, "unfollow", R"({"keys":7})"),
                      R"("reason":"invalid_payload")"));
}

BOOST_AUTO_TEST_CASE(what_follow_refuses_unfollow_refuses_as_well) {
  auto ann = member("ann");
  for (const auto* event : {"follow", "unfollow"}) {
    BOOST_TEST(contains(ask(ann, event, keys_json(1001, "k")),
                        R"("reason":"too_many_follows","detail":"1001 keys)"));
    BOOST_TEST(contains(ask(ann, event, R"({"keys":["a\u0000b"]})"),
                        R"("reason":"invalid_key")"));
    BOOST_TEST(contains(ask(ann, event,
                            R"({"keys":["a"],"topic_prefix":")"
                                + std::string(256, 'p') + "\"}"),
                        R"("reason":"invalid_topic")"));
  }
  BOOST_TEST(who.stats().refusals == 6u);
}

BOOST_AUTO_TEST_CASE(who_follows_nobody_gets_an_empty_state) {
  auto ann = member("ann");
  ann.receive();
  ann.event("room:1", "follow", R"({"keys":[]})");
  BOOST_TEST(contains(ann.receive_with("follow:state"),
                      R"({"online":[],"offline":[]})"));
  BOOST_TEST(contains(ask(ann, "unfollow", R"({"keys":[]})"), "ok"));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_a_number_is_followed) {
  auto five = connect();
  enter(five, R"({"key":5})");
  auto ann = connect("&user_id=ann");
  ann.join("room:2", "1", "{}");
  ann.event("room:2", "follow", R"({"keys":[5,"6"]})");
  BOOST_TEST(contains(ann.receive_with("follow:state"),
                      R"({"online":["5"],"offline":["6"])"));
}

BOOST_FIXTURE_TEST_CASE(a_fresh_token_says_whom_a_joined_topic_may_follow,
                        token_node) {
  auto ann = connect("&token=bob");
  enter(ann, "{}");
  ann.receive();
  BOOST_TEST(contains(ask(ann, "follow", R"({"keys":["bob"]})"), "ok"));
  BOOST_TEST(contains(ask(ann, "follow", R"({"keys":["eve"]})"),
                      R"("reason":"unauthorized","detail":"key eve")"));
  BOOST_TEST(
      contains(ask(ann, "access_token", R"({"access_token":"eve"})"), "ok"));
  BOOST_TEST(contains(ask(ann, "follow", R"({"keys":["eve"]})"), "ok"));
  BOOST_TEST(contains(ask(ann, "follow", R"({"keys":["bob"]})"),
                      R"("reason":"unauthorized","detail":"key bob")"));
  BOOST_TEST(who.stats().follows == 2u); // What was followed stays so.
}

BOOST_FIXTURE_TEST_CASE(
    a_client_that_reads_is_not_closed_for_a_long_list_of_counts, narrow_node) {
  constexpr int topics = 2000;
  const auto somebody = system.spawn(idle);
  for (int i = 0; i < topics; ++i)
    BOOST_TEST_REQUIRE(who.track(somebody,
                                 std::to_string(i) + std::string(230, 'x'), "a",
                                 "{}")
                           .engaged());
  for (const auto* pattern : {"*", "1*"}) {
    auto eve = connect("&user_id=eve");
    eve.receive_slowly();
    eve.join(pattern, "1", R"({"mode":"count"})");
    BOOST_TEST(contains(eve.receive(), R"("status":"ok")"));
    std::size_t told = 0;
    std::size_t lists = 0;
    const std::size_t expected = pattern[0] == '*' ? topics : 1111;
    while (told < expected) {
      const auto message = eve.receive();
      BOOST_TEST_REQUIRE(contains(message, "presence_counts"));
      for (auto at = message.find("\"keys\""); at != std::string::npos;
           at = message.find("\"keys\"", at + 1))
        ++told;
      lists += contains(message, "\"all\":true") ? 1u : 0u;
    }
    BOOST_TEST(told == expected);
    BOOST_TEST(lists == 1u);
    BOOST_TEST(eve.is_quiet());
  }
  caf::anon_send_exit(somebody, caf::exit_reason::kill);
}

BOOST_AUTO_TEST_CASE(
    a_client_that_counts_hears_how_many_are_there_and_not_who) {
  auto ann = member("ann");
  auto counter = connect("&user_id=eve");
  const auto reply = enter(counter, R"({"mode":"count"})");
  BOOST_TEST(contains(reply, R"("response":{"key":"eve"})"), reply);
  BOOST_TEST(
      contains(counter.receive(),
               R"({"topics":{"room:1":{"presences":1,"keys":1}},"all":true})"));
  auto bob = member("bob");
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
