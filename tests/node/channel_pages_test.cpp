// What a client reads of a topic in pages.
#include "tests/node/channel_node.hpp"

#include <caf/actor_cast.hpp>
#include <caf/scoped_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace rollcall;
using namespace rollcall::test;

namespace {

struct open_node_with_owner : open_node {
  caf::scoped_actor owner{system};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(channel_pages_tests, open_node_with_owner)

BOOST_AUTO_TEST_CASE(a_client_reads_a_topic_in_pages) {
  for (const auto* key : {"ann", "bob", "eve"})
    BOOST_TEST_REQUIRE(
        !!who.track(caf::actor_cast<caf::actor>(owner), "room:1", key, "{}"));
  auto joe = connect();
  enter(joe, R"({"mode":"count"})");
  const auto first = ask(joe, "presence:page", R"({"limit":2})");
  BOOST_TEST(contains(first, R"({"presences":3,"keys":3,"state":{"ann":)"));
  BOOST_TEST(contains(first, R"(},"next":"bob"})"), first);
  const auto rest = ask(joe, "presence:page", R"({"limit":2,"after":"bob"})");
  BOOST_TEST(contains(rest, R"("state":{"eve":{"metas":[{"phx_ref":)"), rest);
  BOOST_TEST(contains(rest, R"(},"next":null})"), rest);
}

BOOST_AUTO_TEST_CASE(a_page_ends_early_when_its_metas_are_long) {
  const auto meta = "{\"a\":\"" + std::string(4000, 'x') + "\"}";
  for (int i = 0; i < 40; ++i)
    BOOST_TEST_REQUIRE(!!who.track(caf::actor_cast<caf::actor>(owner), "room:1",
                                   "key" + std::to_string(100 + i), meta));
  auto joe = connect();
  enter(joe, R"({"mode":"count"})");
  const auto page = ask(joe, "presence:page");
  BOOST_TEST(page.size() < 75'000u);
  BOOST_TEST(contains(page, R"(},"next":"key116"})"));
}

BOOST_AUTO_TEST_CASE(a_key_that_no_reply_can_hold_is_too_large) {
  const auto meta = "{\"a\":\"" + std::string(4000, 'x') + "\"}";
  std::vector<std::unique_ptr<caf::scoped_actor>> owners;
  for (int i = 0; i < 270; ++i) {
    owners.push_back(std::make_unique<caf::scoped_actor>(system));
    BOOST_TEST_REQUIRE(!!who.track(caf::actor_cast<caf::actor>(*owners.back()),
                                   "room:1", "ann", meta));
  }
  BOOST_TEST_REQUIRE(
      !!who.track(caf::actor_cast<caf::actor>(owner), "room:1", "bob", "{}"));
  auto joe = connect();
  enter(joe, R"({"mode":"count"})");
  const auto refused = ask(joe, "presence:page");
  BOOST_TEST(contains(refused, R"("reason":"too_large")"));
  BOOST_TEST(contains(refused, R"(go on after it","next":"ann"})"), refused);
  BOOST_TEST(contains(ask(joe, "presence:page", R"({"after":"ann"})"),
                      R"("state":{"bob":)"));
  BOOST_TEST_REQUIRE(
      !!who.track(caf::actor_cast<caf::actor>(owner), "room:1", "amy", "{}"));
  const auto before = ask(joe, "presence:page");
  BOOST_TEST(contains(before, R"("state":{"amy":)"), before.substr(0, 500));
  BOOST_TEST(contains(before, R"(]}},"next":"amy"})"));
}

BOOST_AUTO_TEST_CASE(a_wish_for_a_page_that_makes_no_sense_is_refused) {
  auto joe = connect();
  enter(joe, "{}");
  for (const auto* wish :
       {R"({"limit":0})", R"({"limit":1001})", R"({"limit":"9"})",
        R"({"limit":1.5})", R"({"after":7})", "[]"})
    BOOST_TEST(contains(ask(joe, "presence:page", wish), "invalid_payload"),
               wish);
  BOOST_TEST(contains(ask(joe, "presence:page", R"({"limit":1000})"), "ok"));
}

BOOST_AUTO_TEST_SUITE_END()
