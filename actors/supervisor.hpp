#pragma once

#include "actors/runtime.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>

#include <deque>
#include <memory>
#include <vector>

namespace rollcall {

struct supervisor_state {
  static constexpr const char* name = "rollcall.supervisor";

  explicit supervisor_state(supervisor_actor::pointer self) : self_{self} {
  }

  /// Watches the shards and dispatchers, which were spawned before.
  void start(std::shared_ptr<runtime> node);

  /// Restarts what ended, within the limit.
  void take(const child_ended& message);

  /// Ends all children, and the supervisor after the last of them.
  void stop();

private:
  using time_point = caf::actor_clock::time_point;

  void watch(std::size_t index, bool is_shard);
  bool may_restart(std::size_t index);
  void restart(std::size_t index, bool is_shard, const caf::error& reason);
  void end();

  supervisor_actor::pointer self_;
  std::shared_ptr<runtime> node_;
  std::vector<std::deque<time_point>> restarts_; ///< Recent ones, by shard.
  std::size_t children_ = 0;
  bool is_stopping_ = false;
};

/// Spawns the actors of a slot and puts their handles there.
void spawn_shard(caf::actor_system& system,
                 const std::shared_ptr<shard_slot>& slot);
void spawn_dispatcher(caf::actor_system& system,
                      const std::shared_ptr<shard_slot>& slot);

/// The behaviour of the supervisor: routes messages to its state.
supervisor_actor::behavior_type
supervisor(supervisor_actor::stateful_pointer<supervisor_state> self,
           std::shared_ptr<runtime> node);

} // namespace rollcall
