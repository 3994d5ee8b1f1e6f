#include "tests/gateway/fixture.hpp"

#include <rollcall/log.hpp>

#include <boost/test/unit_test.hpp>

#include <utility>

namespace rollcall::test {

namespace {

caf::actor_system_config& configured(caf::actor_system_config& settings) {
  settings.set("scheduler.max-threads", 2);
  return settings;
}

presence started(caf::actor_system& system, hooks_factory hooks) {
  config settings;
  settings.diff_window = std::chrono::milliseconds{0};
  settings.shard_count = 2;
  auto result = presence::start(system, settings, std::move(hooks));
  BOOST_TEST_REQUIRE(static_cast<bool>(result));
  return *result;
}

} // namespace

gateway_config test_settings() {
  gateway_config settings;
  settings.port = 0;
  settings.close_delay = std::chrono::milliseconds{0};
  return settings;
}

running_gateway::running_gateway(gateway_config settings, hooks_factory hooks)
    : system{configured(system_settings)},
      who{started(system, std::move(hooks))} {
  set_log([](log_level, std::string_view, std::string_view) {});
  settings.port = 0;
  auto made = gateway::start(system, who, std::move(settings));
  BOOST_TEST_REQUIRE(static_cast<bool>(made));
  door = *made;
  door.channel("room:*", room_channel(who));
}

void running_gateway::open() {
  const auto problem = door.listen();
  BOOST_TEST_REQUIRE(!problem, describe(problem));
}

running_gateway::~running_gateway() {
  door.stop();
  who.stop();
}

} // namespace rollcall::test
