#pragma once

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>

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
/// `presence::stop` runs all mailboxes, here. What waits for a message on the
/// thread of the test, such as the `receive` of a `scoped_actor`, waits for
/// ever, since nobody runs the others meanwhile. Hooks run as any actor does.
///
/// Threads: that of the test.
class deterministic_system {
public:
  deterministic_system() : system_{configured(config_)} {
  }

  /// For `presence::start` and to spawn actors in.
  [[nodiscard]] caf::actor_system& system() noexcept {
    return system_;
  }

  /// Handles messages until all mailboxes are empty.
  void settle() {
    scheduler().run();
  }

  /// Moves the clock, firing each timer at its own time, those that others set
  /// included, and settles.
  void advance(std::chrono::milliseconds by) {
    settle();
    auto& clock = scheduler().clock();
    const auto end = clock.now() + by;
    while (!clock.schedule().empty()
           && clock.schedule().begin()->first <= end) {
      const auto due = clock.schedule().begin()->first;
      clock.advance_time(std::max(due - clock.now(), no_time));
      settle();
    }
    clock.advance_time(end - clock.now());
    settle();
  }

  /// Timers that are running.
  [[nodiscard]] std::size_t timers() {
    return scheduler().clock().schedule().size();
  }

private:
  static caf::actor_system_config&
  configured(caf::actor_system_config& settings) {
    settings.set("scheduler.policy", caf::atom("testing"));
    return settings;
  }

  static constexpr caf::actor_clock::duration_type no_time{0};

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }

  caf::actor_system_config config_;
  caf::actor_system system_;
};

} // namespace rollcall::testing
