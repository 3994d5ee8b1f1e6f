#pragma once

#include <caf/actor_addr.hpp>
#include <caf/actor_control_block.hpp>

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace rollcall {

/// The owner got its first presence, or lost its last: the shard's actor, and
/// no one else, starts or ends to monitor it.
struct owner_event {
  caf::actor_addr owner;

  /// Whom to monitor; empty if it lost its last. Held, since one that is gone
  /// could not say any more why it ended.
  caf::strong_actor_ptr fresh;
};

/// The owners that a shard's actor must monitor, and what it does not know of
/// them yet.
///
/// Shape:   about 80 bytes an owner.
/// Threads: under the lock of its table.
class owner_registry {
public:
  void add(const caf::strong_actor_ptr& owner);

  /// The owner has nothing here any more.
  void remove(std::uint64_t owner);

  /// The owner ended: nobody need be told.
  void forget(std::uint64_t owner) {
    all_.erase(owner);
  }

  /// What happened since, in order.
  [[nodiscard]] std::vector<owner_event> take_events();

  /// All there are, for an actor that starts anew and monitors them all.
  [[nodiscard]] std::vector<caf::actor_addr> start_anew();

  [[nodiscard]] bool has_events() const noexcept {
    return !events_.empty();
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return all_.size();
  }

  /// The address of an owner; invalid if it is none.
  [[nodiscard]] caf::actor_addr find(std::uint64_t owner) const;

private:
  std::unordered_map<std::uint64_t, caf::actor_addr> all_;
  std::vector<owner_event> events_;
};

} // namespace rollcall
