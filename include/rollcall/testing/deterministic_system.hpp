#pragma once

#include "rollcall/testing/actor_turn.hpp"
#include "rollcall/testing/misuse.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_clock.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>

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
/// `presence::stop` runs all mailboxes, here, but not if an actor or a hook
/// calls it: then the end begins, and the answer is `inside_actor`, as ever.
/// What waits for a message on the thread of the test, such as the `receive` of
/// a `scoped_actor`, waits for ever, since nobody runs the others meanwhile.
/// Hooks run as any actor does.
///
/// What still lives at the end of this is killed, except actors with a thread
/// of their own and a `scoped_actor`: for those the end waits.
///
/// Threads: that of the test.
class deterministic_system {
public:
  /// Adds to the settings of the actor system.
  using prepare_function = std::function<void(caf::actor_system_config&)>;

  /// @param prepare adds what the actors need, as message types.
  explicit deterministic_system(const prepare_function& prepare = {})
      : system_{configured(config_, prepare)} {
  }

  deterministic_system(const deterministic_system&) = delete;
  deterministic_system& operator=(const deterministic_system&) = delete;

  /// Kills what lives.
  ~deterministic_system() {
    end_actors();
  }

  /// For `presence::start` and to spawn actors in.
  [[nodiscard]] caf::actor_system& system() noexcept {
    return system_;
  }

  /// Handles messages until all mailboxes are empty.
  void settle() {
    const actor_turn turn{system_};
    auto& jobs = scheduler().jobs;
    while (!jobs.empty()) {
      remember(jobs.front());
      scheduler().run_once();
    }
  }

  /// Moves the clock, firing each timer at its own time, those that others set
  /// included, and settles.
  /// @pre `by` is not negative.
  void advance(caf::actor_clock::duration_type by) {
    if (by < no_time)
      require(false, "advance, " + std::to_string(by.count())
                         + " ns: time does not go back");
    settle();
    auto& clock = scheduler().clock();
    const auto end = clock.now() + by;
    while (!clock.schedule().empty()
           && clock.schedule().begin()->first <= end) {
      const auto due = clock.schedule().begin()->first;
      clock.advance_time(std::max(due - clock.now(), no_time));
      settle();
    }
    clock.advance_time(std::max(end - clock.now(), no_time));
    settle();
  }

  /// Timers that are running.
  [[nodiscard]] std::size_t timers() {
    return scheduler().clock().schedule().size();
  }

  /// Time until the next timer fires; none if none runs.
  [[nodiscard]] std::optional<caf::actor_clock::duration_type> next_timer() {
    auto& clock = scheduler().clock();
    if (clock.schedule().empty())
      return std::nullopt;
    return std::max(clock.schedule().begin()->first - clock.now(), no_time);
  }

  /// Whether messages wait for their actors.
  [[nodiscard]] bool has_work() {
    return scheduler().has_job();
  }

  /// Kills every actor that the actor system would wait for at its end, but for
  /// those with a thread of their own, and settles. Those that these spawn when
  /// they end are killed as well.
  /// @pre no actor of this system calls it.
  void end_actors() {
    require(!actor_turn::is_under_way(system_),
            "an actor asked for the end of its actor system, which waits for "
            "all actors: let the test do it");
    for (auto* job : scheduler().jobs)
      remember(job);
    while (kill_all())
      settle();
    settle();
    actors_.clear();
  }

private:
  static caf::actor_system_config&
  configured(caf::actor_system_config& settings,
             const prepare_function& prepare) {
    if (prepare)
      prepare(settings);
    settings.set("scheduler.policy", caf::atom("testing"));
    return settings;
  }

  static constexpr caf::actor_clock::duration_type no_time{0};

  /// Actors that are known before those that ended are forgotten.
  static constexpr std::size_t remembered_min = 256;

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }

  /// An actor system has no list of its actors, but each one has a turn here.
  void remember(caf::resumable* job) {
    if (job->subtype() != caf::resumable::scheduled_actor)
      return;
    const auto* actor = static_cast<caf::scheduled_actor*>(job);
    if (!actors_.try_emplace(actor->id(), actor->address()).second
        || actors_.size() < forget_at_)
      return;
    std::erase_if(actors_, [](const auto& known) {
      return !caf::actor_cast<caf::strong_actor_ptr>(known.second);
    });
    forget_at_ = std::max(remembered_min, 2 * actors_.size());
  }

  /// @returns whether there was one.
  bool kill_all() {
    bool result = false;
    for (const auto& [id, address] : actors_) {
      const auto actor = caf::actor_cast<caf::strong_actor_ptr>(address);
      if (!actor || !actor->get()->getf(caf::abstract_actor::is_registered_flag)
          || actor->get()->getf(caf::abstract_actor::is_terminated_flag))
        continue;
      caf::anon_send_exit(actor, caf::exit_reason::kill);
      result = true;
    }
    return result;
  }

  caf::actor_system_config config_;
  caf::actor_system system_;
  std::map<caf::actor_id, caf::actor_addr> actors_; ///< That had a turn.
  std::size_t forget_at_ = remembered_min;
};

} // namespace rollcall::testing
