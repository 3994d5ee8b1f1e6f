// A gateway's end in every order, with clients that come and go meanwhile.
#include "tests/gateway/fixture.hpp"
#include "tests/support/busy_threads.hpp"
#include "tests/support/ends.hpp"
#include "tests/support/silent_log.hpp"
#include <rollcall/scoped.hpp>

#include <caf/event_based_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace rollcall;
using namespace rollcall::test;
using namespace std::chrono_literals;

namespace {

/// A client that connects, joins, updates and leaves.
void visit(std::uint16_t port, const std::string& topic) {
  try {
    test_client client{port};
    if (client.answer().status == 101) {
      client.join(topic, "1", R"({"key":"ann"})");
      client.receive();
      client.event(topic, "update");
    }
  } catch (const std::exception&) {
    // The gateway is closed, or closes.
  }
}

/// Clients that come again and again, also when the port is closed.
struct crowd : busy_threads {
  explicit crowd(std::uint16_t port)
      : busy_threads{3, [port](int i) {
                       return [port, topic = "room:" + std::to_string(i % 2)] {
                         visit(port, topic);
                       };
                     }} {
  }
};

/// Threads of the embedder that go on calling.
struct callers : busy_threads {
  callers(presence who, gateway door)
      : busy_threads{2, [&](int) {
                       auto event = std::make_shared<topic_event>();
                       event->topic = "room:0";
                       event->event = "news";
                       return [who, door, event]() mutable {
                         who.broadcast(event);
                         who.tell("room:0", "ann", caf::make_message(1));
                         door.disconnect("nobody");
                         static_cast<void>(door.stats());
                         static_cast<void>(door.reload_certificates());
                         static_cast<void>(who.list("room:0"));
                       };
                     }} {
  }
};

/// A channel whose join ends the gateway and the presence.
channel_factory last_channel(presence who, gateway door) {
  return [who, door](caf::actor_system& system, const join_ptr&) {
    return system.spawn([who, door](caf::event_based_actor*) mutable {
      BOOST_TEST(to_string(code_of(who.stop())) == "inside_actor");
      door.stop();
    });
  };
}

struct idle_hooks : hooks {};

/// All that a round needs, in the order of an embedder's `main`.
struct one_round {
  explicit one_round(bool has_hooks) {
    who = *presence::start(
        system, {},
        has_hooks ? hooks_factory{[] { return std::make_unique<idle_hooks>(); }}
                  : hooks_factory{});
    door = *gateway::start(system, who, test_settings());
    door.channel("room:*", room_channel(who));
  }

  void listen() {
    BOOST_REQUIRE(!door.listen());
  }

  caf::actor_system_config settings;
  caf::actor_system system{settings};
  presence who;
  gateway door;
};

using order = void (*)(one_round&);

constexpr order orders[] = {
    [](one_round& here) { // gateway first
      here.door.stop();
      here.who.stop();
    },
    [](one_round& here) { // presence first
      here.who.stop();
      here.door.stop();
    },
    [](one_round& here) { // both at once
      std::thread other{[&] { here.who.stop(); }};
      here.door.drain(1ms);
      here.door.stop();
      other.join();
    },
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gateway_stop_tests, silent_log)

BOOST_AUTO_TEST_CASE(stops_in_any_order_under_load_come_to_an_end) {
  for (int round = 0; round < rounds(6); ++round) {
    const bool finished = ends([round] {
      one_round here{round % 2 == 1};
      here.listen();
      const crowd clients{here.door.port()};
      const callers threads{here.who, here.door};
      orders[static_cast<std::size_t>(round) % std::size(orders)](here);
    });
    BOOST_REQUIRE(finished);
  }
}

BOOST_AUTO_TEST_CASE(handles_that_go_without_a_stop_end_everything) {
  for (int round = 0; round < rounds(4); ++round) {
    const bool finished = ends([round] {
      std::optional<crowd> clients; // They go on while the handles go.
      one_round here{round % 2 == 1};
      here.listen();
      clients.emplace(here.door.port());
    });
    BOOST_REQUIRE(finished);
  }
}

BOOST_AUTO_TEST_CASE(a_channel_may_stop_the_gateway_and_the_presence) {
  for (int round = 0; round < rounds(4); ++round) {
    const bool finished = ends([round] {
      one_round here{round % 2 == 1};
      here.door.channel("last:*", last_channel(here.who, here.door));
      here.listen();
      const crowd clients{here.door.port()};
      test_client last{here.door.port()};
      last.join("last:one");
      last.receive_close();
      BOOST_TEST(!here.who.stop());
    });
    BOOST_REQUIRE(finished);
  }
}

BOOST_AUTO_TEST_CASE(an_answer_may_stop_the_gateway_under_load) {
  for (int round = 0; round < rounds(4); ++round) {
    const bool finished = ends([round] {
      one_round here{round % 2 == 1};
      here.door.on_http([&here](const auto&) {
        here.door.stop();
        return http_response{};
      });
      here.listen();
      const crowd clients{here.door.port()};
      raw_http(here.door.port(), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      BOOST_TEST(eventually([&here] { return here.door.port() == 0; }));
    });
    BOOST_REQUIRE(finished);
  }
}

BOOST_AUTO_TEST_CASE(the_actor_system_ends_though_the_gateway_is_still_held) {
  for (int round = 0; round < rounds(4); ++round) {
    const bool finished = ends([round] {
      gateway outlives;
      one_round here{round % 2 == 1};
      here.listen();
      test_client client{here.door.port()};
      client.join_ok("room:1", "1", R"({"key":"ann"})");
      client.close();
      client.receive_close();
      outlives = here.door;
    });
    BOOST_REQUIRE(finished);
  }
}

BOOST_AUTO_TEST_CASE(the_actor_system_ends_though_listen_failed) {
  const bool finished = ends([] {
    one_round first{false};
    first.listen();
    caf::actor_system_config settings;
    caf::actor_system system{settings};
    scoped who{*presence::start(system)};
    auto taken = test_settings();
    taken.port = first.door.port();
    scoped door{*gateway::start(system, *who, taken)};
    BOOST_TEST(!!door->listen());
  });
  BOOST_REQUIRE(finished);
}

BOOST_AUTO_TEST_SUITE_END()
