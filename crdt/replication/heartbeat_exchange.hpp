#pragma once

#include "crdt/replication/heartbeat.hpp"

#include <cstdint>
#include <optional>

namespace rollcall::crdt {

/// The heartbeats between this node and one peer over one connection: which of
/// the own ones the peer has, and which of its own it may rely on.
///
/// Shape:   constant, but for what the peer asks for.
/// Threads: one at a time.
class heartbeat_exchange {
public:
  /// The order of the next heartbeat to the peer.
  [[nodiscard]] heartbeat_order next(std::uint64_t sequence,
                                     tick_time now) const;

  /// A heartbeat came from the peer.
  void take(const heartbeat& message, tick_time now);

  /// Not everything that the peer told could be kept: let it tell all again.
  void tell_again() noexcept {
    has_gap_ = true;
  }

  /// What a packet to the peer can carry; nothing before the first heartbeat
  /// came.
  [[nodiscard]] std::optional<heartbeat_echo> echo(tick_time now) const;

  /// The peer knows everything that was told up to this heartbeat.
  [[nodiscard]] std::uint64_t acknowledged() const noexcept {
    return acknowledged_;
  }

  /// Whether the peer is known to go on under this incarnation with this
  /// counter.
  [[nodiscard]] bool has_heard(const node_incarnation& who,
                               std::uint64_t counter) const {
    return sender_ == who && counter <= counter_;
  }

  /// Sets the nodes whose writes the peer is asked to pass on.
  /// @returns the heartbeat that told of it first.
  std::uint64_t ask_to_relay(node_names names, std::uint64_t sequence);

  /// Nodes that the peer misses.
  [[nodiscard]] const node_names& missing() const noexcept {
    return missing_;
  }

  /// Nodes whose writes the peer wants passed on.
  [[nodiscard]] const node_names& relays() const noexcept {
    return relays_;
  }

  /// Nodes whose writes this node wants from the peer.
  [[nodiscard]] const node_names& asked_to_relay() const noexcept {
    return asked_to_relay_;
  }

  tick_time round_trip{}; ///< Measured last; 0 if never.

private:
  std::uint64_t acknowledged_ = 0;
  std::uint64_t heard_ = 0; ///< The peer's last heartbeat.
  bool has_gap_ = false;
  tick_time heard_at_{};
  std::optional<node_incarnation> sender_;
  std::uint64_t counter_ = 0;
  node_names missing_;
  node_names relays_;
  node_names asked_to_relay_;
  std::uint64_t asked_at_ = 0;
};

} // namespace rollcall::crdt
