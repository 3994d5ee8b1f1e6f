#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/attachable.hpp>

#include <cstdint>
#include <memory>

namespace rollcall {

class shard_slot;

/// Watches over one owner for one shard. When the owner ends, its presences
/// there end or linger, in the thread in which it ends: that takes no message
/// and no turn of another actor, however many owners end at once.
///
/// Threads: started and stopped by any; the rest is called by CAF.
class owner_monitor final : public caf::attachable {
public:
  /// Starts to watch. An owner that has ended already is heard of at once.
  /// @param number tells the watches over one owner apart.
  static void start(const std::shared_ptr<shard_slot>& slot,
                    const caf::strong_actor_ptr& owner, std::uint64_t number);

  /// Ends the watch with this number, if there is one.
  static void stop(const shard_slot& slot, const caf::strong_actor_ptr& owner,
                   std::uint64_t number);

  owner_monitor(const std::shared_ptr<shard_slot>& slot,
                const caf::strong_actor_ptr& owner, std::uint64_t number);

  void actor_exited(const caf::error& reason,
                    caf::execution_unit* host) override;
  bool matches(const token& candidate) override;

private:
  /// What names a watch among all that an actor has.
  struct name {
    /// A number that CAF 0.17 gives to no attachable of its own.
    static constexpr std::size_t token_type = 0x726f6c6c;

    const shard_slot* slot;
    std::uint64_t number;
  };

  std::weak_ptr<shard_slot> slot_;
  caf::actor_system& system_;
  std::uint64_t owner_;
  name name_;
};

} // namespace rollcall
