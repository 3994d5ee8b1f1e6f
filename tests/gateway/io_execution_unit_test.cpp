#include "app/gateway/io_execution_unit.hpp"
#include <rollcall/nonblocking.hpp>

#include <caf/actor_config.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

using namespace rollcall::channels;

namespace {

/// Where the last message of `count` was handled.
using thread_promise = std::shared_ptr<std::promise<std::thread::id>>;

/// The name of an actor is no promise.
struct counter_state {
  static constexpr const char* name = "rollcall.test_counter";
};

/// Counts down by messages to itself.
caf::behavior counter(caf::stateful_actor<counter_state>* self,
                      thread_promise done) {
  return {[self, done](int left) {
    if (left > 0) {
      self->send(self, left - 1);
      return;
    }
    done->set_value(std::this_thread::get_id());
    self->quit();
  }};
}

struct system_with_unit {
  caf::actor spawn_counter() {
    return rollcall::spawn_nonblocking(system, &*unit, counter, done);
  }

  caf::actor spawn_without_a_promise() {
    caf::actor_config near{&*unit};
    auto function = counter;
    return system.spawn_functor(std::true_type{}, near, function, done);
  }

  /// @returns where it ended.
  std::thread::id await() {
    auto result = done->get_future();
    BOOST_REQUIRE(result.wait_for(std::chrono::seconds{20})
                  == std::future_status::ready);
    return result.get();
  }

  caf::actor_system_config settings;
  caf::actor_system system{settings};
  boost::asio::io_context io;
  std::optional<io_execution_unit> unit{std::in_place, system, io};
  thread_promise done = std::make_shared<thread_promise::element_type>();
  const std::thread::id here = std::this_thread::get_id();
};

} // namespace

BOOST_AUTO_TEST_SUITE(io_execution_unit_tests)

BOOST_AUTO_TEST_CASE(an_actor_that_never_blocks_runs_on_its_thread) {
  system_with_unit test;
  test.unit->send(test.spawn_counter(), 3);
  test.unit->run();
  BOOST_TEST((test.await() == test.here));
}

BOOST_AUTO_TEST_CASE(it_runs_without_being_asked_to_as_well) {
  system_with_unit test;
  test.unit->send(test.spawn_counter(), 3);
  test.io.poll();
  BOOST_TEST((test.await() == test.here));
}

BOOST_AUTO_TEST_CASE(any_other_actor_runs_on_the_scheduler) {
  system_with_unit test;
  test.unit->send(test.spawn_without_a_promise(), 3);
  test.unit->run();
  BOOST_TEST((test.await() != test.here));
}

BOOST_AUTO_TEST_CASE(an_actor_that_goes_on_and_on_is_handed_to_the_scheduler) {
  system_with_unit test;
  test.unit->send(test.spawn_counter(),
                  static_cast<int>(2 * io_execution_unit::messages_max));
  test.unit->run();
  BOOST_TEST((test.await() != test.here));
}

BOOST_AUTO_TEST_CASE(of_many_actors_those_at_the_end_go_to_the_scheduler) {
  system_with_unit test;
  std::vector<caf::actor> first;
  for (std::size_t i = 0; i < io_execution_unit::turns_max; ++i)
    first.push_back(test.spawn_counter());
  test.unit->send(test.spawn_counter(), 0);
  test.unit->run();
  BOOST_TEST((test.await() != test.here));
  for (const auto& each : first)
    test.unit->send_exit(each, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(what_waits_at_the_end_of_a_unit_goes_to_the_scheduler) {
  system_with_unit test;
  test.unit->send(test.spawn_counter(), 0);
  test.unit.reset();
  BOOST_TEST((test.await() != test.here));
}

BOOST_AUTO_TEST_CASE(an_actor_asked_to_exit_ends_here) {
  system_with_unit test;
  const auto which = test.spawn_counter();
  auto ended = std::make_shared<std::promise<std::thread::id>>();
  which->attach_functor(
      [ended] { ended->set_value(std::this_thread::get_id()); });
  test.unit->send_exit(which, caf::exit_reason::user_shutdown);
  test.unit->run();
  BOOST_TEST((ended->get_future().get() == test.here));
}

BOOST_AUTO_TEST_SUITE_END()
