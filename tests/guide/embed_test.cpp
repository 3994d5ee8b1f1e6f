#include "guide/embed.hpp"
#include "tests/actors/one_node.hpp"
#include "tests/gateway/test_client.hpp"
#include "tests/guide/page_text.hpp"
#include <rollcall/error.hpp>
#include <rollcall/leave_reason.hpp>

#include <caf/actor_system_config.hpp>

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <string>

using namespace rollcall;
using namespace guide::embed;
using rollcall::test::one_node;

namespace {

/// A player in the lobby, and a place for what the announcer says.
struct one_player : one_node {
  one_player() {
    actors.push_back(world.system().spawn(player, who, "ann"));
    ann = actors.back();
    world.settle();
  }

  caf::actor ann;
  std::ostringstream out;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(guide_embed_tests, one_player)

BOOST_AUTO_TEST_CASE(a_backend_starts_and_stops) {
  caf::actor_system_config settings;
  caf::actor_system system{settings};
  BOOST_TEST(run_backend(system) == 0);
}

// So that an error which is added is told to those who embed.
BOOST_AUTO_TEST_CASE(the_table_of_errors_has_all_that_there_are) {
  const auto page = test::text_of("embed");
  const auto table = page.substr(page.find("## Errors"));
  for (const auto name : ec_names)
    if (name != "none")
      BOOST_TEST(
          (table.find("| `" + std::string{name} + '`') != std::string::npos
           || table.find(", `" + std::string{name} + "` |")
                  != std::string::npos),
          name);
}

BOOST_AUTO_TEST_CASE(the_table_of_leave_reasons_has_all_that_there_are) {
  const auto page = test::text_of("concepts");
  for (auto why = leave_reason::updated; to_string(why) != "unknown";
       why = static_cast<leave_reason>(static_cast<int>(why) + 1))
    BOOST_TEST(page.find("| `" + std::string{to_string(why)} + "` |")
                   != std::string::npos,
               to_string(why));
}

BOOST_AUTO_TEST_CASE(a_player_goes_from_the_lobby_into_a_match) {
  BOOST_TEST(keys("lobby") == std::vector<std::string>{"ann"},
             boost::test_tools::per_element());
  caf::anon_send(ann, std::string{"match:1"});
  world.settle();
  BOOST_TEST(keys("lobby").empty());
  BOOST_TEST(keys("match:1").size() == 1u);
  kill(ann);
  world.advance(std::chrono::seconds{4});
  BOOST_TEST(keys("match:1").size() == 1u);
  world.advance(std::chrono::seconds{2});
  BOOST_TEST(keys("match:1").empty());
}

BOOST_AUTO_TEST_CASE(a_lobby_screen_shows_friends_and_the_sizes_of_matches) {
  actors.push_back(world.system().spawn(
      lobby_screen, who, std::vector<std::string>{"ann", "bob"}, &out));
  world.settle();
  track(owner(), "match:1", "bob");
  world.settle();
  BOOST_TEST(out.str()
             == "1 friends are online\nbob came online\n"
                "match:1 has 1 players\n");
}

BOOST_AUTO_TEST_CASE(a_large_topic_is_read_in_pages) {
  const auto many = owner();
  for (int i = 0; i < 1200; ++i)
    BOOST_TEST_REQUIRE(!!who.track(many, "room", "user" + std::to_string(i),
                                   i % 3 == 0 ? R"({"idle":1})" : "{}"));
  BOOST_TEST(count_the_idle(who, "room") == 400u);
}

BOOST_AUTO_TEST_CASE(a_list_shows_its_first_places) {
  const auto bob = owner();
  track(bob, "room", "bob");
  actors.push_back(
      world.system().spawn(top_of_the_list, who, std::string{"room"}, &out));
  world.settle();
  track(bob, "room", "ann");
  untrack(bob, "room", "bob");
  world.advance(std::chrono::seconds{1});
  BOOST_TEST(out.str() == "bob\n+ann\n-bob\n");
}

BOOST_AUTO_TEST_CASE(a_thread_has_its_answer_at_once) {
  BOOST_TEST(seat(who, ann, "table:1", "ann"));
  BOOST_TEST(!seat(who, ann, "table:1", "ann"));
  BOOST_TEST(who.list("table:1").begin()->meta() == R"({"chips":100})");
}

BOOST_AUTO_TEST_CASE(an_update_function_keeps_what_is_there) {
  BOOST_TEST(!crown(who, ann, "lobby", "ann"));
  BOOST_TEST(who.list("lobby").begin()->meta()
             == R"({"won":true,"status":"waiting"})");
  BOOST_TEST((code_of(crown(who, ann, "lobby", "bob")) == ec::not_tracked));
  BOOST_TEST_REQUIRE(!!who.track(ann, "bare", "ann", "{}"));
  BOOST_TEST(!crown(who, ann, "bare", "ann"));
  BOOST_TEST(who.list("bare").begin()->meta() == R"({"won":true})");
}

BOOST_AUTO_TEST_CASE(an_announcer_tells_who_came_and_went) {
  actors.push_back(world.system().spawn(announcer, who, "lobby", &out));
  world.settle();
  const auto bob = owner();
  track(bob, "lobby", "bob");
  BOOST_TEST(!start_match(who, "lobby"));
  world.settle();
  kill(bob);
  BOOST_TEST(out.str()
             == "1 are here\nbob came\nstarted {\"round\":1}\nbob went\n");
}

BOOST_AUTO_TEST_CASE(log_lines_go_where_they_are_sent) {
  const auto place = std::make_shared<kept_lines>();
  send_log_to(place);
  log(log_level::info, "game", "nothing special");
  log(log_level::warning, "game", "careful");
  set_log({});
  BOOST_TEST(place->lines == std::vector<std::string>{"game: careful"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_connection_has_a_channel_actor_that_is_present) {
  caf::actor_system_config settings;
  caf::actor_system system{settings};
  auto node = *presence::start(system);
  auto door = *open_gateway(system, node, 0);
  {
    test::test_client nobody{door.port()};
    BOOST_TEST(nobody.answer().status == 403u);
    test::test_client client{door.port(),
                             {"/socket/websocket?vsn=2.0.0&name=ann", {}}};
    client.join_ok("room:1");
    client.receive_with(R"("presence_state",{"ann":{"metas":[)");
    client.event("room:1", "ping");
    client.receive_with(R"({"pong":true})");
    BOOST_TEST(!whisper(node, "room:1", "ann", R"({"text":"hi"})"));
    client.receive_with(R"("whisper",{"text":"hi"})");
    BOOST_TEST(node.count("room:1").keys == 1u);
  }
  door.stop();
  node.stop();
}

BOOST_AUTO_TEST_SUITE_END()
