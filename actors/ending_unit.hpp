#pragma once

#include <caf/abstract_actor.hpp>
#include <caf/execution_unit.hpp>

#include <deque>
#include <unordered_set>

namespace rollcall {

/// Runs given actors in the calling thread until they have ended. An actor
/// system that ends may have no other thread left that would run them.
///
/// Threads: one. An actor that another thread is running, or has in its queue,
///          ends there.
class ending_unit final : public caf::execution_unit {
public:
  explicit ending_unit(caf::actor_system& system);

  /// Sends an actor its end; null is fine.
  void end(const caf::strong_actor_ptr& which);

  /// Runs what has something to do, until nothing has.
  void run();

  void exec_later(caf::resumable* next) override;

private:
  std::unordered_set<const caf::resumable*> ours_;
  std::deque<caf::resumable*> waiting_;
};

} // namespace rollcall
