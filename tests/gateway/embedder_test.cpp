// What an embedder does wrong ends in words: never in a crash or in silence.
#include "tests/gateway/fixture.hpp"
#include <rollcall/log.hpp>

#include <caf/event_based_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace rollcall;
using namespace rollcall::test;
using namespace std::chrono_literals;

namespace {

http_answer get(const running_gateway& server, const std::string& target) {
  return raw_http(server.port(),
                  "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

/// Serves answers by their path.
struct answering_gateway : running_gateway {
  answering_gateway() {
    door.on_http([](const rollcall::http_request& request)
                     -> std::optional<http_response> {
      http_response answer;
      if (request.path == "/throw")
        throw std::runtime_error{"no answer"};
      if (request.path == "/throw-int")
        throw 7;
      if (request.path == "/status")
        answer.status = 12'345;
      if (request.path == "/early")
        answer.status = 101;
      if (request.path == "/line")
        answer.headers.emplace("X-A", "a\r\nSet-Cookie: evil=1");
      if (request.path == "/name")
        answer.headers.emplace("X-A: b\r\nX", "a");
      if (request.path == "/type")
        answer.content_type = "text/plain\r\nX-B: c";
      if (request.path == "/length")
        answer.headers.emplace("Content-Length", "0");
      answer.body = "body";
      return answer;
    });
    open();
  }
};

using behaviour = std::function<void(const client&, const channel_event*)>;

/// A channel that does what a test says: at its join, then at each event.
channel_factory scripted(behaviour act) {
  return [act = std::move(act)](caf::actor_system& system,
                                const join_ptr& request) {
    return system.spawn([act, request](caf::event_based_actor*) {
      act(request->client, nullptr);
      return caf::behavior{
          [act, request](const channel_event_ptr& event) {
            act(request->client, event.get());
          },
          [](channel_leave) {},
      };
    });
  };
}

std::string error_of(std::string_view ref, std::string_view response) {
  return reply("\"1\"", ref, "bad:a", "error", response);
}

struct scripted_gateway : running_gateway {
  explicit scripted_gateway(behaviour act) {
    door.channel("bad:*", scripted(std::move(act)));
    open();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(embedder_tests)

BOOST_AUTO_TEST_CASE(an_http_callback_that_throws_costs_one_answer) {
  answering_gateway server;
  BOOST_TEST(get(server, "/throw").status == 500u);
  BOOST_TEST(get(server, "/throw-int").status == 500u);
  BOOST_TEST(get(server, "/").body == "body");
  BOOST_TEST(server.door.stats().callback_failures == 2u);
}

BOOST_AUTO_TEST_CASE(an_http_answer_that_makes_no_sense_becomes_500) {
  answering_gateway server;
  for (const auto* path : {"/status", "/early", "/line", "/name", "/type"}) {
    const auto answer = get(server, path);
    BOOST_TEST(answer.status == 500u, path);
    BOOST_TEST(answer.body == "the application failed\n", path);
  }
  BOOST_TEST(server.door.stats().invalid_answers == 5u);
  BOOST_TEST(get(server, "/length").body == "body");
}

BOOST_AUTO_TEST_CASE(a_connect_callback_that_throws_answers_500) {
  running_gateway server;
  server.door.on_connect(
      [](const connect_info&) -> connect_result { throw 7; });
  server.open();
  BOOST_TEST(test_client{server.port()}.answer().status == 500u);
  BOOST_TEST(server.door.stats().callback_failures == 1u);
}

BOOST_AUTO_TEST_CASE(a_refusal_with_an_absurd_status_answers_500) {
  running_gateway server;
  server.door.on_connect([](const connect_info&) {
    connect_result result;
    result.is_accepted = false;
    result.status = 99;
    return result;
  });
  server.open();
  BOOST_TEST(get(server, "/socket/websocket?vsn=2.0.0").status == 500u);
}

BOOST_AUTO_TEST_CASE(empty_functions_are_as_good_as_none) {
  running_gateway server;
  server.door.on_connect({});
  server.door.on_connect_async({});
  server.door.on_renew({});
  server.door.on_http({});
  server.open();
  BOOST_TEST(test_client{server.port()}.answer().status == 101u);
  BOOST_TEST(get(server, "/").status == 404u);
}

BOOST_AUTO_TEST_CASE(a_channel_without_a_factory_is_told_by_listen) {
  running_gateway server;
  server.door.channel("empty:*", {});
  const auto problem = server.door.listen();
  BOOST_TEST((code_of(problem) == ec::invalid_config));
  BOOST_TEST(describe(problem).find("'empty:*'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_join_accepted_or_rejected_with_no_json_is_a_crash) {
  for (const auto* response : {"", "{", "[]", "{\"a\":}", "{} {}", "1"}) {
    scripted_gateway server{[response](const client& client, auto) {
      client.accept(response);
      client.reject(response);
    }};
    test_client client{server.port()};
    client.join("bad:a");
    BOOST_TEST(client.receive()
               == error_of("\"1\"", R"({"reason":"join crashed"})"));
    BOOST_TEST(client.is_quiet());
    BOOST_TEST(eventually(
        [&server] { return server.door.stats().invalid_answers == 2u; }));
  }
}

BOOST_AUTO_TEST_CASE(an_accepted_channel_survives_a_later_bad_answer) {
  scripted_gateway server{[](const client& client, const channel_event* event) {
    client.accept();
    client.accept("{");
    client.reject("{");
    if (event)
      client.reply(event->ref, "ok", {"1"});
  }};
  test_client client{server.port()};
  client.join_ok("bad:a");
  client.event("bad:a", "e");
  BOOST_TEST(client.receive() == reply("\"1\"", "\"2\"", "bad:a", "ok", "1"));
}

BOOST_AUTO_TEST_CASE(a_reply_that_is_no_json_tells_the_client_so) {
  scripted_gateway server{[](const client& client, const channel_event* event) {
    client.accept();
    if (!event)
      return;
    client.push("e", {"{\"a\":}"});
    client.push("e", {"[]"});
    client.reply(event->ref, "ok", {"{\"a\":"});
  }};
  test_client client{server.port()};
  client.join_ok("bad:a");
  client.event("bad:a", "e");
  BOOST_TEST(client.receive()
             == error_of("\"2\"", R"({"reason":"invalid_reply"})"));
  BOOST_TEST(client.is_quiet());
  BOOST_TEST(server.door.stats().invalid_answers == 3u);
}

BOOST_AUTO_TEST_CASE(a_default_constructed_gateway_answers_and_does_nothing) {
  gateway door;
  door.channel("*", {});
  door.on_connect({});
  door.on_connect_async({});
  door.on_renew({});
  door.on_http({});
  BOOST_TEST((code_of(door.listen()) == ec::not_started));
  BOOST_TEST(door.port() == 0);
  door.disconnect("ann");
  door.drain(1ms);
  door.stop();
  BOOST_TEST(door.stats().sessions == 0u);
}

BOOST_AUTO_TEST_CASE(a_gateway_needs_a_presence_that_was_started) {
  running_gateway server;
  const auto made = gateway::start(server.system, presence{}, {});
  BOOST_TEST_REQUIRE(!made);
  BOOST_TEST((code_of(made.error()) == ec::not_started));
  BOOST_TEST(describe(made.error()).find("presence") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(calls_after_stop_do_nothing) {
  open_gateway server;
  test_client client{server.port()};
  client.join_ok("room:a", "1", R"({"quiet":1})");
  server.door.stop();
  server.door.stop();
  server.door.drain(1s);
  server.door.disconnect("ann");
  server.door.channel("late:*", {});
  BOOST_TEST((code_of(server.door.listen()) == ec::shard_unavailable));
  BOOST_TEST(server.door.port() == 0);
  BOOST_TEST(server.door.stats().sessions == 0u);
}

BOOST_AUTO_TEST_CASE(presence_may_stop_before_the_gateway) {
  open_gateway server;
  test_client client{server.port()};
  client.join_ok("room:a", "1", R"({"quiet":1,"key":"ann"})");
  server.who.stop();
  client.event("room:a", "update");
  client.join("room:b", "2", R"({"quiet":1,"key":"ann"})", "2");
  BOOST_TEST(client.receive_with("phx_reply").find("error")
             != std::string::npos);
  server.door.disconnect("ann");
  server.door.stop();
}

BOOST_AUTO_TEST_CASE(listening_twice_is_told) {
  open_gateway server;
  BOOST_TEST((code_of(server.door.listen()) == ec::invalid_config));
  server.door.on_http([](const auto&) { return http_response{}; });
  BOOST_TEST(get(server, "/").status == 404u);
}

BOOST_AUTO_TEST_CASE(many_threads_may_stop_at_once) {
  open_gateway server;
  test_client client{server.port()};
  std::atomic<std::size_t> sessions_left = 0; // Checks are for one thread.
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      server.door.stop();
      sessions_left += server.door.stats().sessions;
    });
  for (auto& each : threads)
    each.join();
  BOOST_TEST(sessions_left == 0u);
}

BOOST_AUTO_TEST_CASE(a_callback_may_stop_its_own_gateway) {
  running_gateway server;
  server.door.on_http([&server](const auto&) {
    server.door.drain(0ms);
    server.door.stop();
    return http_response{};
  });
  server.open();
  get(server, "/");
  BOOST_TEST(eventually([&server] { return server.door.port() == 0; }));
}

BOOST_AUTO_TEST_SUITE_END()
