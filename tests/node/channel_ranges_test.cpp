// What a client watches of a part of a topic.
#include "tests/node/channel_node.hpp"

#include <caf/actor_cast.hpp>
#include <caf/scoped_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall;
using namespace rollcall::test;

namespace {

/// A room with ann, bob and eve, whose watchers hear of changes at once.
struct watched_room : open_node {
  watched_room() {
    context->settings.range_interval = std::chrono::milliseconds{10};
    context->settings.range_presences_max = 5;
    for (const auto* key : {"ann", "bob", "eve"})
      track(key);
  }

  void track(const std::string& key) {
    BOOST_TEST_REQUIRE(
        !!who.track(caf::actor_cast<caf::actor>(owner), "room:1", key, "{}"));
  }

  void untrack(const std::string& key) {
    BOOST_TEST_REQUIRE(
        !who.untrack(caf::actor_cast<caf::actor>(owner), "room:1", key));
  }

  /// The client joins, and sees nothing but what it asks for.
  static void observe(test_client& client) {
    enter(client, R"({"mode":"count"})");
    client.receive_with("presence_counts");
  }

  caf::scoped_actor owner{system};
};

/// A room whose outbox is as small as it may be.
struct narrow_room : narrow_node {
  caf::scoped_actor owner{system};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(channel_ranges_tests, watched_room)

BOOST_AUTO_TEST_CASE(a_client_has_its_range_and_then_what_changes_in_it) {
  auto joe = connect("&user_id=joe");
  observe(joe);
  BOOST_TEST(contains(ask(joe, "presence:range", R"({"first":0,"last":1})"),
                      R"("status":"ok","response":{})"));
  const auto first = joe.receive_with("presence_range");
  BOOST_TEST(contains(first, R"({"first":0,"last":1,"all":true,"joins":{"ann":)"
                             R"({"metas":[{"phx_ref":)"),
             first);
  BOOST_TEST(contains(first, R"("bob":{"metas":[{"phx_ref":)"));
  BOOST_TEST(!contains(first, "eve"));
  BOOST_TEST(contains(first, R"("leaves":{}})"));
  track("amy");
  const auto later = joe.receive_with("presence_range");
  BOOST_TEST(contains(later, R"("all":false,"joins":{"amy":{"metas":[)"),
             later);
  BOOST_TEST(contains(later, R"("leaves":{"bob":{"metas":[)"), later);
}

BOOST_AUTO_TEST_CASE(metas_of_one_key_stand_together_in_a_range) {
  caf::scoped_actor other{system};
  BOOST_TEST_REQUIRE(
      !!who.track(caf::actor_cast<caf::actor>(other), "room:1", "ann", "{}"));
  auto joe = connect("&user_id=joe");
  observe(joe);
  ask(joe, "presence:range", R"({"first":0,"last":2})");
  const auto text = joe.receive_with("presence_range");
  BOOST_TEST(contains(text, R"("},{"phx_ref":)"), text);
  BOOST_TEST(text.find(R"("ann":)") == text.rfind(R"("ann":)"));
}

BOOST_AUTO_TEST_CASE(who_unwatches_a_range_hears_no_more_of_it) {
  auto joe = connect("&user_id=joe");
  observe(joe);
  ask(joe, "presence:range", R"({"first":0,"last":1})");
  ask(joe, "presence:range", R"({"first":2,"last":2})");
  joe.receive_with(R"({"first":2,"last":2,"all":true)");
  BOOST_TEST(contains(ask(joe, "presence:unrange", R"({"first":0,"last":1})"),
                      R"("status":"ok")"));
  untrack("ann");
  const auto told = joe.receive_with("presence_range");
  BOOST_TEST(contains(told, R"({"first":2,"last":2,"all":false,"joins":{},)"
                            R"("leaves":{"eve":)"),
             told);
}

BOOST_AUTO_TEST_CASE(what_a_client_cannot_watch_it_is_told) {
  auto joe = connect("&user_id=joe");
  observe(joe);
  for (const auto* wish :
       {"{}", "[]", R"({"first":0})", R"({"first":2,"last":1})",
        R"({"first":-1,"last":1})", R"({"first":0,"last":1.5})",
        R"({"first":0,"last":1000000001})"})
    BOOST_TEST(contains(ask(joe, "presence:range", wish),
                        R"("reason":"invalid_payload")"),
               wish);
  BOOST_TEST(contains(ask(joe, "presence:range", R"({"first":0,"last":4})"),
                      R"("status":"ok")"));
  BOOST_TEST(contains(ask(joe, "presence:range", R"({"first":0,"last":5})"),
                      R"({"reason":"too_large","detail":"a range of 6 )"
                      R"(presences, 5 are allowed"})"));
  for (std::size_t i = 1; i < limits::range_watches_max; ++i)
    ask(joe, "presence:range",
        "{\"first\":" + std::to_string(i) + ",\"last\":" + std::to_string(i)
            + "}");
  BOOST_TEST(contains(ask(joe, "presence:range", R"({"first":0,"last":0})"),
                      R"("reason":"too_many_subscribers")"));
}

BOOST_FIXTURE_TEST_CASE(
    a_client_that_reads_is_not_closed_for_a_range_of_long_metas, narrow_room) {
  const auto meta = "{\"a\":\"" + std::string(4000, 'x') + "\"}";
  for (int i = 100; i < 200; ++i)
    BOOST_TEST_REQUIRE(!!who.track(caf::actor_cast<caf::actor>(owner), "room:1",
                                   "key" + std::to_string(i), meta));
  auto joe = connect("&user_id=joe");
  joe.receive_slowly();
  enter(joe, R"({"mode":"count"})");
  joe.event("room:1", "presence:range", R"({"first":0,"last":99})");
  std::size_t told = 0;
  std::size_t firsts = 0;
  while (told < 100) {
    const auto message = joe.receive_with("presence_range");
    BOOST_TEST(message.size() < 40'000u);
    firsts += contains(message, R"("all":true)") ? 1u : 0u;
    for (auto at = message.find("phx_ref"); at != std::string::npos;
         at = message.find("phx_ref", at + 1))
      ++told;
  }
  BOOST_TEST(told == 100u);
  BOOST_TEST(firsts == 1u);
  BOOST_TEST(
      contains(ask(joe, "presence:unrange", R"({"first":0,"last":99})"), "ok"));
}

BOOST_AUTO_TEST_SUITE_END()
