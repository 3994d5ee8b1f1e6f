#include "tests/gateway/fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace rollcall;
using namespace rollcall::test;

namespace {

namespace json = boost::json;

std::string keyed(const std::string& key) {
  return R"({"quiet":1,"state":1,"key":")" + key + "\"}";
}

/// Follows a topic as phoenix.js' Presence does.
class follower {
public:
  /// Takes one frame. @returns whether it was about presence.
  bool take(const std::string& frame) {
    const auto message = json::parse(frame).as_array();
    const auto& event = message[3].as_string();
    if (!join_ref.empty() && message[0].is_string()
        && message[0].as_string() != join_ref)
      return false; // meant for a former incarnation
    if (event == "presence_state") {
      ++states;
      state_join_ref = message[0].as_string().c_str();
      refs.clear();
      add(message[4].as_object());
      for (const auto& each : std::exchange(pending_, {}))
        apply(each);
    } else if (event == "presence_diff" && states == 0) {
      pending_.push_back(message[4].as_object());
    } else if (event == "presence_diff") {
      apply(message[4].as_object());
    }
    return event.starts_with("presence_");
  }

  /// Reads until the refs are these keys.
  bool sees(test_client& client, const std::vector<std::string>& keys) {
    while (keys_now() != keys)
      if (const auto frame = client.receive(); frame.starts_with("<closed"))
        return false;
      else
        take(frame);
    return true;
  }

  [[nodiscard]] std::vector<std::string> keys_now() const {
    std::vector<std::string> result;
    for (const auto& [ref, key] : refs)
      result.push_back(key);
    std::sort(result.begin(), result.end());
    return result;
  }

  std::string join_ref;                    ///< Of the channel; empty: any.
  std::map<std::string, std::string> refs; ///< phx_ref to key.
  int states = 0;
  std::string state_join_ref;

private:
  static std::string ref_of(const json::value& meta) {
    return meta.at("phx_ref").as_string().c_str();
  }

  void add(const json::object& presences) {
    for (const auto& each : presences)
      for (const auto& meta : each.value().at("metas").as_array())
        refs[ref_of(meta)] = std::string{each.key()};
  }

  void apply(const json::object& diff) {
    add(diff.at("joins").as_object());
    for (const auto& each : diff.at("leaves").as_object())
      for (const auto& meta : each.value().at("metas").as_array())
        refs.erase(ref_of(meta));
  }

  std::vector<json::object> pending_;
};

/// Adds a field to every presence.
class naming_hooks : public hooks {
public:
  enrichment fetch(const std::string&, const metas_by_key& present) override {
    enrichment result;
    for (const auto& [key, metas] : present)
      result[key] = "{\"name\":\"<" + key + ">\"}";
    return result;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(presence_tests)

BOOST_AUTO_TEST_CASE(the_state_follows_the_reply_with_the_join_ref) {
  open_gateway server;
  test_client client{server.port()};
  client.join("room:a", "3", keyed("ann"), "4");
  BOOST_TEST(client.receive() == reply("\"3\"", "\"4\"", "room:a", "ok", "{}"));
  follower ann;
  BOOST_TEST(ann.sees(client, {"ann"}));
  BOOST_TEST(ann.states == 1);
  BOOST_TEST(ann.state_join_ref == "3");
}

BOOST_AUTO_TEST_CASE(joins_updates_and_leaves_reach_the_others) {
  open_gateway server;
  test_client one{server.port()};
  test_client two{server.port()};
  follower ann;
  one.join_ok("room:a", "1", keyed("ann"));
  BOOST_TEST(ann.sees(one, {"ann"}));
  two.join_ok("room:a", "1", keyed("bob"));
  BOOST_TEST(ann.sees(one, {"ann", "bob"}));
  two.event("room:a", "update");
  const auto frame = one.receive_with("presence_diff");
  const auto update = json::parse(frame).at(4);
  const auto& joined = update.at("joins").at("bob").at("metas").at(0);
  const auto& left = update.at("leaves").at("bob").at("metas").at(0);
  BOOST_TEST(joined.at("phx_ref_prev") == left.at("phx_ref"));
  BOOST_TEST(joined.at("m") == 2);
  ann.take(frame);
  two.close();
  BOOST_TEST(ann.sees(one, {"ann"}));
  BOOST_TEST(ann.states == 1);
}

BOOST_AUTO_TEST_CASE(a_rejoin_gets_a_state_of_its_own) {
  open_gateway server;
  test_client client{server.port()};
  client.join_ok("room:a", "1", keyed("ann"));
  follower first;
  BOOST_TEST(first.sees(client, {"ann"}));
  client.join("room:a", "2", keyed("ann"), "2");
  follower second;
  second.join_ref = "2";
  while (second.states == 0 || second.keys_now().size() != 1)
    second.take(client.receive());
  BOOST_TEST(second.state_join_ref == "2");
}

BOOST_AUTO_TEST_CASE(nobody_hears_of_a_topic_after_leaving_it) {
  open_gateway server;
  test_client one{server.port()};
  test_client two{server.port()};
  one.join_ok("room:a", "1", keyed("ann"));
  one.event("room:a", "phx_leave");
  one.receive_with("you_left");
  two.join_ok("room:a", "1", keyed("bob"));
  follower bob;
  BOOST_TEST(bob.sees(two, {"bob"}));
  BOOST_TEST(one.is_quiet());
}

BOOST_AUTO_TEST_CASE(the_subscription_ends_with_the_last_member) {
  open_gateway server;
  test_client client{server.port()};
  client.join_ok("room:a", "1", keyed("ann"));
  BOOST_TEST(server.door.stats().topics == 1u);
  client.close();
  BOOST_TEST(eventually([&server] {
    // One is the gateway's own, for `disconnect`.
    return server.door.stats().topics == 0u
           && server.who.stats().subscriptions == 1u
           && server.who.stats().presences == 0u;
  }));
}

BOOST_AUTO_TEST_CASE(fetched_fields_are_in_state_and_diff) {
  open_gateway server{test_settings(),
                      [] { return std::make_unique<naming_hooks>(); }};
  test_client one{server.port()};
  test_client two{server.port()};
  one.join_ok("room:a", "1", keyed("ann"));
  const auto state = one.receive_with("presence_state");
  BOOST_TEST(json::parse(state).at(4).at("ann").at("name") == "<ann>");
  two.join_ok("room:a", "1", keyed("bob"));
  const auto diff = one.receive_with("\"bob\"");
  BOOST_TEST(json::parse(diff).at(4).at("joins").at("bob").at("name")
             == "<bob>");
  two.join_ok("room:b", "2", keyed("bob"));
  two.receive_with("presence_state");
}

// Goal: whoever joins during churn ends with exactly what the server lists.
// Method: clients join and leave a room at the same time, from two threads.
BOOST_AUTO_TEST_CASE(every_view_converges_under_churn) {
  open_gateway server{test_settings(&gateway_config::io_threads, 2)};
  std::thread churn{[&] {
    for (int round = 0; round < 30; ++round) {
      test_client passing{server.port()};
      for (int i = 0; i < 5; ++i)
        passing.join_ok("room:a", std::to_string(i), keyed("passer"));
      if (round % 2 == 0)
        passing.drop();
      else
        passing.close();
    }
  }};
  std::vector<std::unique_ptr<test_client>> clients;
  std::vector<follower> views(8);
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < views.size(); ++i) {
    clients.push_back(std::make_unique<test_client>(server.port()));
    expected.push_back("key" + std::to_string(i));
    clients[i]->join("room:a", "1", keyed(expected.back()));
    while (views[i].states == 0)
      views[i].take(clients[i]->receive());
  }
  churn.join();
  BOOST_TEST(eventually(
      [&] { return server.who.count("room:a").presences == views.size(); }));
  for (std::size_t i = 0; i < views.size(); ++i)
    BOOST_TEST(views[i].sees(*clients[i], expected));
}

BOOST_AUTO_TEST_SUITE_END()
