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

  [[nodiscard]] caf::strong_actor_ptr child(child_kind kind,
                                            std::size_t index) const;
  void watch(child_kind kind, std::size_t index);
  bool may_restart(std::size_t index);
  void restart(const child_ended& ended);
  void spawn(const child_ended& ended);
  [[nodiscard]] bool is_open(const child_ended& ended) const;
  void close(const child_ended& ended);
  void close_inbox(const child_ended& ended);
  void end_actors(const child_ended& ended);
  void end();

  supervisor_actor::pointer self_;
  std::shared_ptr<runtime> node_;
  std::vector<std::deque<time_point>> restarts_; ///< Recent ones, by shard;
                                                 ///< then those for followers.
  std::size_t children_ = 0;
  bool is_stopping_ = false;
};

/// Each spawns an actor of a slot and puts its handle there.
void spawn_shard(caf::actor_system& system,
                 const std::shared_ptr<shard_slot>& slot);
void spawn_dispatcher(caf::actor_system& system,
                      const std::shared_ptr<shard_slot>& slot);
void spawn_watch_dispatcher(const std::shared_ptr<runtime>& node);

/// The behaviour of the supervisor: routes messages to its state.
supervisor_actor::behavior_type
supervisor(supervisor_actor::stateful_pointer<supervisor_state> self,
           std::shared_ptr<runtime> node);

} // namespace rollcall
