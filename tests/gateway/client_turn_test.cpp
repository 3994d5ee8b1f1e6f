// What channels of an embedder can do besides answers and pushes: push much as
// the client reads, and know the latest assigns.
#include "tests/gateway/client_frames.hpp"
#include "tests/gateway/fixture.hpp"
#include "tests/gateway/raw_client.hpp"

#include <caf/event_based_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

using namespace rollcall;
using namespace rollcall::test;

namespace {

constexpr int parts_max = 40;

payload part(int number) {
  return {"{\"part\":" + std::to_string(number) + ",\"x\":\""
          + std::string(30'000, 'x') + "\"}"};
}

/// Pushes 1.2 MB in its turns, and says what its client's assigns are.
caf::behavior lister(caf::event_based_actor* self, const join_ptr& request) {
  const auto client = request->client;
  const auto next = std::make_shared<int>(0);
  client.accept();
  return {
      [=](const channel_event_ptr& event) {
        if (event->event == "list")
          client.await_turn(parts_max * 30'000);
        else
          client.reply(
              event->ref, "ok",
              {*static_cast<const std::string*>(client.assigns().get())});
      },
      [=](const push_turn_ptr&) {
        client.push("part", part((*next)++));
        if (*next < parts_max)
          client.await_turn(static_cast<std::size_t>(parts_max - *next)
                            * 30'000);
      },
      [=](channel_leave) { self->quit(); },
  };
}

connect_result named(const std::string& name) {
  connect_result result;
  result.session_id = "ann";
  result.assigns = std::make_shared<const std::string>('"' + name + '"');
  return result;
}

struct list_gateway : running_gateway {
  list_gateway() : running_gateway{narrow()} {
    door.on_connect([](const connect_info&) { return named("first"); });
    door.on_renew([](const connect_info&, const std::string& token) {
      return named(token);
    });
    door.channel("list:*",
                 [](caf::actor_system& home, const join_ptr& request) {
                   return home.spawn(lister, request);
                 });
    open();
  }

  static gateway_config narrow() {
    auto settings = test_settings();
    settings.outbox_bytes_max = 65'536;
    settings.write_timeout = std::chrono::minutes{5};
    settings.idle_timeout = std::chrono::minutes{5}; // It reads slowly.
    return settings;
  }
};

std::string text(std::string_view payload) {
  return client_frame(opcode::text, payload);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(client_turn_tests, list_gateway)

BOOST_AUTO_TEST_CASE(what_is_pushed_in_turns_may_be_longer_than_the_outbox) {
  test_client slow{port()};
  slow.receive_slowly();
  slow.join_ok("list:1");
  slow.event("list:1", "list");
  for (int i = 0; i < parts_max; ++i)
    BOOST_TEST_REQUIRE(
        slow.receive().find("{\"part\":" + std::to_string(i) + ',')
        != std::string::npos);
  BOOST_TEST(slow.is_quiet());
  BOOST_TEST(refused(refusal::outbox_overflow) == 0u);
}

BOOST_AUTO_TEST_CASE(channels_of_one_client_take_turns) {
  test_client client{port()};
  client.join_ok("list:1", "1");
  client.join_ok("list:2", "2");
  client.event("list:1", "list", "{}", "1");
  client.event("list:2", "list", "{}", "2");
  for (int i = 0; i < 2 * parts_max; ++i)
    BOOST_TEST_REQUIRE(client.receive().find("\"part\"") != std::string::npos);
  BOOST_TEST(client.is_quiet());
}

BOOST_AUTO_TEST_CASE(
    what_waits_with_a_channel_counts_while_its_client_does_not_read) {
  raw_client deaf{port()};
  BOOST_TEST_REQUIRE(deaf.upgrade());
  deaf.send(text(R"(["1","1","list:1","phx_join",{}])"));
  deaf.send(text(R"(["1","2","list:1","list",{}])"));
  BOOST_TEST(eventually(
      [&] { return door.stats().unsent_bytes > 65'536u + 300'000u; }));
  BOOST_TEST(refused(refusal::outbox_overflow) == 0u);
  door.disconnect("ann");
  BOOST_TEST(eventually([&] { return door.stats().sessions == 0u; }));
  BOOST_TEST(door.stats().unsent_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(a_joined_channel_sees_the_assigns_of_a_fresh_token) {
  test_client ann{port()};
  ann.join_ok("list:1");
  ann.event("list:1", "who");
  BOOST_TEST(ann.receive()
             == reply("\"1\"", "\"2\"", "list:1", "ok", "\"first\""));
  ann.event("phoenix", "access_token", R"({"access_token":"second"})");
  ann.receive();
  ann.event("list:1", "who");
  BOOST_TEST(ann.receive()
             == reply("\"1\"", "\"2\"", "list:1", "ok", "\"second\""));
  BOOST_TEST(!client{}.assigns());
  client{}.await_turn(1);
}

BOOST_AUTO_TEST_SUITE_END()
