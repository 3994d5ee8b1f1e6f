#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// What a node tells one peer once an interval.
///
/// A heartbeat holds what concerns that peer, and of the rest what changed
/// since the last heartbeat that the peer acknowledged. A quiet cluster says
/// nothing but numbers:
///
/// - Each heartbeat has a sequence number, and everything that a node tells of
///   others carries the number of the first heartbeat that told it. What is
///   newer than `order.since` is in the heartbeat, so a lost one costs a
///   repetition and nothing else.
/// - A connection begins with `since` 0: everything is told. A reader that met
///   a gap (`since` beyond what it heard) acknowledges nothing, and is told
///   everything again.
/// - The liveness of third nodes is told on request only: who has not heard a
///   node for a while names it in `missing`, and as long as it does, those
///   who regard that node as up add its newest counter to their heartbeats, and
///   how old that sign of life is: it counts from when it was given.
/// - Who asks chooses one of those who answer, and names it in `relays`: that
///   one passes on what the missing node writes, for as long as it is named.
namespace rollcall::crdt {

/// A moment on this node's monotonic clock.
using tick_time = std::chrono::microseconds;

/// Nodes that a node remembers, departures, and names that a peer asks for;
/// what is told of more is ignored, so that one peer cannot fill the memory and
/// the heartbeats of all.
inline constexpr std::size_t nodes_max = 1024;

/// One node from its start to its end.
struct node_incarnation {
  std::string name;
  std::uint64_t incarnation = 0; ///< Larger after every start.

  friend auto operator<=>(const node_incarnation&, const node_incarnation&)
      = default;
};

/// What a node says of another one that it regards as up.
struct liveness_report {
  node_incarnation who;
  std::uint64_t counter = 0; ///< The newest heartbeat known of it.
  bool is_direct = false;    ///< Whether it hears that node itself.
  std::string address;       ///< Where that node listens; empty if unknown.
  tick_time age{};           ///< Since that heartbeat came.
};

/// Where a heartbeat stands among those of its connection.
struct heartbeat_order {
  std::uint64_t sequence = 0; ///< Larger in every heartbeat of a node.
  std::uint64_t since = 0;    ///< The reader needs all up to this one; 0: none.
  std::uint64_t echo = 0;     ///< The last one that came from the reader.
  bool has_gap = false;       ///< `echo` came, but not all that it builds upon.
  tick_time held{};           ///< Between hearing `echo` and this heartbeat.
};

/// The last heartbeat of its reader that the sender of a packet had heard, and
/// how long ago. By it the reader knows how long the packet was under way.
struct heartbeat_echo {
  std::uint64_t sequence = 0; ///< At least 1.
  tick_time held{};
};

/// Names of nodes. At most `nodes_max` are regarded.
using node_names = std::set<std::string>;

/// What a node tells one peer.
struct heartbeat {
  node_incarnation sender;
  std::uint64_t counter = 0;              ///< One more in every interval.
  std::string address;                    ///< Where the sender listens, if new.
  std::vector<liveness_report> others;    ///< Changed, asked for, or in doubt.
  std::vector<node_incarnation> departed; ///< Left in good order, not long ago.
  heartbeat_order order = {};

  /// Nodes that the sender does not hear itself; nothing if as before.
  std::optional<node_names> missing = {};

  /// Whose writes the reader shall pass on; nothing if as before.
  std::optional<node_names> relays = {};
};

} // namespace rollcall::crdt
