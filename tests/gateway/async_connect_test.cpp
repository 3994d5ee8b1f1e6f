// Connects that are decided later, from elsewhere.
#include "tests/gateway/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

using namespace rollcall;
using namespace rollcall::test;
using namespace std::chrono_literals;

namespace {

connect_result refusal_of(unsigned status, std::string body) {
  connect_result result;
  result.is_accepted = false;
  result.status = status;
  result.body = std::move(body);
  return result;
}

gateway_config with_deadline(std::chrono::milliseconds deadline) {
  auto settings = test_settings();
  settings.connect_timeout = deadline;
  settings.leave_timeout = 50ms; // So that the clocks are looked at often.
  return settings;
}

/// Keeps the answers until the test gives them.
struct patient_gateway : running_gateway {
  explicit patient_gateway(std::chrono::milliseconds deadline = 20s)
      : running_gateway{with_deadline(deadline)} {
    door.on_connect_async([this](std::shared_ptr<const connect_info> info,
                                 connect_answer answer) {
      const auto user = info->params.find("user");
      if (user == info->params.end()) {
        answer({});
        return;
      }
      std::lock_guard guard{mutex};
      answers[user->second] = std::move(answer);
      asked.notify_all();
    });
    open();
  }

  connect_answer take(const std::string& user) {
    std::unique_lock guard{mutex};
    BOOST_TEST_REQUIRE(
        asked.wait_for(guard, 20s, [&] { return answers.contains(user); }));
    auto result = std::move(answers[user]);
    answers.erase(user);
    return result;
  }

  /// Connects in a thread of its own; the status when it is answered.
  struct waiting_client {
    waiting_client(std::uint16_t port, const std::string& user)
        : thread{[this, port, user] {
            test_client client{
                port, {"/socket/websocket?vsn=2.0.0&user=" + user, {}}};
            status = client.answer().status;
          }} {
    }
    unsigned answer() {
      thread.join();
      return status;
    }
    unsigned status = 0;
    std::thread thread;
  };

  std::mutex mutex;
  std::condition_variable asked;
  std::map<std::string, connect_answer> answers;
};

} // namespace

BOOST_AUTO_TEST_SUITE(async_connect_tests)

BOOST_AUTO_TEST_CASE(a_slow_connect_holds_up_nobody_else) {
  patient_gateway server;
  patient_gateway::waiting_client ann{server.port(), "ann"};
  patient_gateway::waiting_client bob{server.port(), "bob"};
  const auto for_ann = server.take("ann");
  const auto for_bob = server.take("bob");
  test_client quick{server.port()};
  BOOST_TEST(quick.is_quiet());
  for_bob(refusal_of(401, "no such user"));
  BOOST_TEST(bob.answer() == 401u);
  for_ann({});
  BOOST_TEST(ann.answer() == 101u);
  for_ann(refusal_of(401, {})); // Said already.
  BOOST_TEST(quick.is_quiet());
}

BOOST_AUTO_TEST_CASE(a_connect_that_nobody_decides_ends_at_its_deadline) {
  patient_gateway server{100ms};
  patient_gateway::waiting_client ann{server.port(), "ann"};
  const auto late = server.take("ann");
  BOOST_TEST(ann.answer() == 503u);
  BOOST_TEST(server.refused(refusal::connect_timeout) == 1u);
  late({});
  test_client quick{server.port()};
  BOOST_TEST(quick.is_quiet());
  BOOST_TEST(server.door.stats().sessions == 1u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_forgotten_is_a_failure) {
  patient_gateway server;
  patient_gateway::waiting_client ann{server.port(), "ann"};
  server.take("ann") = nullptr;
  BOOST_TEST(ann.answer() == 500u);
}

BOOST_AUTO_TEST_CASE(an_asynchronous_connect_that_throws_is_a_failure) {
  running_gateway server;
  server.door.on_connect_async(
      [](auto, auto) { throw std::runtime_error{"no database"}; });
  server.open();
  BOOST_TEST(test_client{server.port()}.answer().status == 500u);
  BOOST_TEST(server.door.stats().callback_failures == 1u);
}

BOOST_AUTO_TEST_CASE(an_answer_may_outlive_its_gateway) {
  connect_answer late;
  {
    patient_gateway server;
    patient_gateway::waiting_client ann{server.port(), "ann"};
    late = server.take("ann");
    server.door.stop();
    BOOST_TEST(ann.answer() != 101u);
  }
  late({});
}

BOOST_AUTO_TEST_SUITE_END()
