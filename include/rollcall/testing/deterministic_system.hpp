#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>

/// For the tests of those who embed.
namespace rollcall::testing {

/// An actor system in which nothing happens by itself: the test runs the
/// mailboxes and moves the clock, so that what an actor does can be stated
/// without waiting.
///
///     deterministic_system world;
///     auto who = presence::start(world.system());
///     auto ann = world.system().spawn(player, *who);
///     world.settle();
///     assert(who->count("arena:1").keys == 1);
///
/// `presence::stop` would wait for ever here: call `request_stop`.
///
/// Threads: that of the test.
class deterministic_system {
public:
  deterministic_system() : system_{configured(config_)} {
  }

  [[nodiscard]] caf::actor_system& system() noexcept {
    return system_;
  }

  /// Handles messages until all mailboxes are empty.
  void settle() {
    scheduler().run();
  }

  /// Moves the clock, firing what is due, and settles.
  void advance(std::chrono::milliseconds by) {
    settle();
    scheduler().advance_time(by);
    settle();
  }

private:
  static caf::actor_system_config&
  configured(caf::actor_system_config& settings) {
    settings.set("scheduler.policy", caf::atom("testing"));
    return settings;
  }

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }

  caf::actor_system_config config_;
  caf::actor_system system_;
};

} // namespace rollcall::testing
