#include "tests/gateway/fixture.hpp"
#include "tests/gateway/raw_client.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace rollcall;
using namespace rollcall::test;
using namespace std::chrono_literals;

namespace {

using clock_type = std::chrono::steady_clock;

bool no_channel_lives() {
  return eventually([] { return living_channels() == 0; });
}

/// Its client left it 100 ms to live on after its end, which it ignores.
struct channel_that_stays {
  channel_that_stays() {
    client.join_ok("room:a", "1", quiet);
    client.event("room:a", "stay");
  }

  open_gateway server{test_settings(&gateway_config::leave_timeout, 100ms)};
  test_client client{server.port()};
};

} // namespace

BOOST_AUTO_TEST_SUITE(lifecycle_tests)

BOOST_AUTO_TEST_CASE(channels_end_with_their_client) {
  open_gateway server;
  test_client client{server.port()};
  client.join_ok("room:a", "1", quiet);
  client.join_ok("room:b", "2", quiet);
  BOOST_TEST(living_channels() == 2);
  client.close();
  BOOST_TEST(no_channel_lives());
}

BOOST_AUTO_TEST_CASE(channels_end_when_the_connection_is_lost) {
  open_gateway server;
  test_client client{server.port()};
  client.join_ok("room:a", "1", quiet);
  client.drop();
  BOOST_TEST(no_channel_lives());
  BOOST_TEST(
      eventually([&server] { return server.door.stats().connections == 0u; }));
}

BOOST_AUTO_TEST_CASE(disconnect_ends_the_sessions_of_an_id_and_no_other) {
  running_gateway server;
  server.door.on_connect([](const connect_info& info) {
    connect_result result;
    result.session_id = info.params.at("user");
    return result;
  });
  server.open();
  const std::string target = "/socket/websocket?vsn=2.0.0&user=";
  test_client ann{server.port(), {target + "ann", {}}};
  test_client bob{server.port(), {target + "bob", {}}};
  ann.join_ok("room:a", "1", quiet);
  ann.join_ok("room:b", "2", quiet);
  bob.join_ok("room:a", "1", quiet);
  server.door.disconnect("ann");
  BOOST_TEST(ann.receive_close() == 1001);
  BOOST_TEST(eventually([] { return living_channels() == 1; }));
  BOOST_TEST(bob.is_quiet());
}

BOOST_AUTO_TEST_CASE(who_is_disconnected_leaves_as_kicked) {
  running_gateway server;
  server.door.on_connect([](const connect_info&) {
    connect_result result;
    result.session_id = "ann";
    return result;
  });
  server.open();
  std::promise<leave_reason> why;
  const auto reader = server.system.spawn([&why]() -> caf::behavior {
    return {[](const topic_snapshot_ptr&) {},
            [&why](const diff_ptr& change) {
              if (!change->leaves.empty())
                why.set_value(change->leave_reasons.front());
            }};
  });
  test_client ann{server.port()};
  ann.join_ok("room:a", "1", R"({"quiet":1,"key":"ann"})");
  BOOST_REQUIRE(!server.who.subscribe(reader, "room:a"));
  server.door.disconnect("ann");
  auto told = why.get_future();
  BOOST_REQUIRE((told.wait_for(20s) == std::future_status::ready));
  BOOST_TEST((told.get() == leave_reason::kicked));
  caf::anon_send_exit(reader, caf::exit_reason::kill);
}

// Who could, would end the sessions of others.
BOOST_AUTO_TEST_CASE(topics_of_the_gateways_themselves_cannot_be_joined) {
  running_gateway server;
  server.door.channel("*", room_channel(server.who));
  server.open();
  test_client client{server.port()};
  client.join("rollcall:disconnect", "1", quiet);
  BOOST_TEST(client.receive()
             == reply("null", "\"1\"", "rollcall:disconnect", "error",
                      R"({"reason":"unmatched topic"})"));
}

BOOST_AUTO_TEST_CASE(a_silent_session_is_closed_but_not_with_1000) {
  open_gateway server{test_settings(&gateway_config::idle_timeout, 200ms)};
  test_client client{server.port()};
  BOOST_TEST(client.is_quiet());
  const auto start = clock_type::now();
  BOOST_TEST(client.receive_close() == 1002);
  const auto silent = clock_type::now() - start;
  BOOST_TEST((silent >= 150ms));
  BOOST_TEST((silent < 400ms));
  BOOST_TEST(server.refused(refusal::idle) == 1u);
}

BOOST_AUTO_TEST_CASE(pings_keep_a_session_alive) {
  open_gateway server{test_settings(&gateway_config::idle_timeout, 300ms)};
  test_client client{server.port()};
  const auto end = clock_type::now() + 700ms;
  while (clock_type::now() < end)
    client.ping("");
  BOOST_TEST(client.is_quiet());
}

BOOST_FIXTURE_TEST_CASE(a_channel_that_ignores_its_leave_is_killed,
                        channel_that_stays) {
  client.event("room:a", "phx_leave");
  client.receive_with("you_left");
  BOOST_TEST(no_channel_lives());
  BOOST_TEST(client.is_quiet());
}

BOOST_FIXTURE_TEST_CASE(a_channel_that_outlives_its_session_is_killed,
                        channel_that_stays) {
  client.event("room:a", "echo");
  client.receive_with("phx_reply");
  client.drop();
  BOOST_TEST(no_channel_lives());
}

BOOST_AUTO_TEST_CASE(a_join_that_is_never_answered_times_out) {
  open_gateway server{test_settings(&gateway_config::join_timeout, 100ms)};
  test_client client{server.port()};
  client.join("room:a", "1", "{\"hang\":1}");
  client.event("room:a", "echo");
  BOOST_TEST(client.receive()
             == reply("\"1\"", "\"1\"", "room:a", "error",
                      R"({"reason":"join crashed"})"));
  BOOST_TEST(client.receive()
             == reply("null", "\"2\"", "room:a", "error",
                      R"({"reason":"unmatched topic"})"));
  BOOST_TEST(no_channel_lives());
}

BOOST_AUTO_TEST_CASE(a_slow_join_does_not_block_other_topics) {
  open_gateway server;
  test_client client{server.port()};
  client.join("room:slow", "1", "{\"hang\":1}");
  client.join_ok("room:fast", "2", quiet);
}

BOOST_AUTO_TEST_CASE(draining_closes_all_with_1012_and_takes_no_more) {
  open_gateway server;
  std::vector<std::unique_ptr<test_client>> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(std::make_unique<test_client>(server.port()));
    clients.back()->join_ok("room:a", "1", quiet);
  }
  std::thread draining{[&server] { server.door.drain(200ms); }};
  for (auto& each : clients)
    BOOST_TEST(each->receive_close() == 1012);
  draining.join();
  BOOST_TEST(server.door.stats().sessions == 0u);
  BOOST_TEST(no_channel_lives());
  BOOST_CHECK_THROW(test_client{server.port()}, std::exception);
}

BOOST_AUTO_TEST_CASE(stopping_with_sessions_leaves_nothing_behind) {
  {
    open_gateway server;
    test_client client{server.port()};
    client.join_ok("room:a", "1", quiet);
    server.door.stop();
    BOOST_TEST(server.door.stats().connections == 0u);
  }
  BOOST_TEST(living_channels() == 0);
}

BOOST_AUTO_TEST_CASE(several_io_threads_share_a_topic) {
  open_gateway server{test_settings(&gateway_config::io_threads, 3)};
  std::vector<std::unique_ptr<test_client>> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<test_client>(server.port()));
    clients.back()->join_ok("room:a", "1", quiet);
  }
  clients[0]->event("room:a", "new_msg", R"({"n":1})");
  for (auto& each : clients)
    BOOST_TEST(each->receive() == R"([null,null,"room:a","new_msg",{"n":1}])");
}

BOOST_AUTO_TEST_CASE(without_a_setting_there_is_a_thread_for_each_processor) {
  auto settings = test_settings();
  settings.io_threads = gateway_config{}.io_threads;
  running_gateway server{settings};
  std::mutex mutex;
  std::set<std::thread::id> threads;
  server.door.on_connect([&](const connect_info&) {
    const std::lock_guard guard{mutex};
    threads.insert(std::this_thread::get_id());
    return connect_result{};
  });
  server.open();
  const auto processors
      = std::clamp(std::thread::hardware_concurrency(), 1u, 64u);
  std::vector<std::unique_ptr<test_client>> clients;
  for (unsigned i = 0; i < 2 * processors; ++i)
    clients.push_back(std::make_unique<test_client>(server.port()));
  const std::lock_guard guard{mutex};
  BOOST_TEST(threads.size() == processors);
}

// Sessions whose upgrade is not done yet go at once, while the list of them is
// walked: nobody must be passed over.
BOOST_AUTO_TEST_CASE(disconnect_reaches_all_though_some_are_not_open_yet) {
  auto settings = test_settings();
  settings.io_threads = 1;
  running_gateway server{settings};
  server.door.on_connect([&server](const connect_info&) {
    server.door.disconnect("ann");
    return connect_result{true, 0, {}, "ann", nullptr};
  });
  server.open();
  for (int round = 0; round < 20; ++round) {
    std::vector<std::unique_ptr<raw_client>> all;
    for (int i = 0; i < 20; ++i)
      all.push_back(std::make_unique<raw_client>(server.port()));
    for (const auto& each : all)
      each->request_upgrade();
    BOOST_TEST_REQUIRE(eventually([&server, round] {
      return server.door.stats().connects == (round + 1) * 20u;
    }));
    server.door.disconnect("ann");
    for (const auto& each : all) // Told, or dropped; not passed over.
      static_cast<void>(each->receive_until("disconnected"));
  }
  BOOST_TEST(eventually([&] { return server.door.stats().sessions == 0u; }));
}

// The same when the node ends: it begins in the middle of their upgrades.
BOOST_AUTO_TEST_CASE(draining_reaches_all_though_some_are_not_open_yet) {
  auto settings = test_settings();
  settings.io_threads = 1;
  running_gateway server{settings};
  constexpr int count = 200;
  std::atomic<int> connects = 0;
  server.door.on_connect([&](const connect_info&) {
    // On the thread of the sessions, so that it goes on in another.
    if (++connects == count / 2)
      server.door.drain(0ms);
    return connect_result{};
  });
  server.open();
  std::vector<std::unique_ptr<raw_client>> all;
  for (int i = 0; i < count; ++i)
    all.push_back(std::make_unique<raw_client>(server.port()));
  for (const auto& each : all)
    each->request_upgrade();
  for (const auto& each : all) { // Told, or dropped; not passed over.
    static_cast<void>(each->receive_until("node restarts"));
    each->shut_down();
  }
  BOOST_TEST(eventually([&] { return server.door.stats().sessions == 0u; }));
  BOOST_TEST(connects >= count / 2);
}

// Goal: without descriptors newcomers learn at once that there is no place, and
// those inside notice nothing.
BOOST_AUTO_TEST_CASE(
    without_descriptors_newcomers_are_closed_and_not_left_hanging) {
  open_gateway server;
  test_client inside{server.port()};
  const few_descriptors starved;
  raw_client outside{starved.last_socket(), server.port()};
  BOOST_TEST(outside.receive().empty());
  BOOST_TEST(server.refused(refusal::descriptors) >= 1u);
  inside.join_ok("room:a", "1", R"({"quiet":1})");
}

BOOST_AUTO_TEST_SUITE_END()
