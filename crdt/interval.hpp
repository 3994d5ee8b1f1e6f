#pragma once

#include "crdt/dot.hpp"
#include "crdt/removed_dot.hpp"
#include "crdt/stored_entry.hpp"
#include "crdt/topic_node.hpp"
#include "rollcall/leave_reason.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace rollcall::crdt {

/// How far somebody knows the history of a replica.
struct progress {
  std::uint64_t seen = 0;  ///< Every write up to this one was applied.
  std::uint64_t as_of = 0; ///< Of those, deaths are known up to this write.

  friend auto operator<=>(const progress&, const progress&) = default;
};

/// One presence inside an interval. The topic's bytes belong to a topic that
/// the interval keeps, or to a receive buffer.
struct interval_member {
  std::string_view topic;
  entry_ptr presence;
};

/// Consecutive seqs, both ends included.
struct seq_run {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  friend bool operator==(const seq_run&, const seq_run&) = default;
};

/// The one replication value: the history of `replica` in (from, to], as it
/// looks after its write `as_of`.
///
/// Shape: grows with what is alive of that history, and with `removed` or
///        `survivors`, never with the set.
/// Laws:  applied by whoever has seen `from`..`to`; older is a hole, newer is
///        old news. A history cut in two is two intervals: the second has
///        `since` = the `as_of` of the first.
struct interval {
  replica_tag replica;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t as_of = 0; ///< At least `to`.

  /// `removed` names the dots <= from that died after this write. Not used
  /// with `survivors`.
  std::uint64_t since = 0;

  /// Whether `survivors` tells of the dots <= from, instead of `removed`.
  bool has_survivors = false;

  std::vector<interval_member> live; ///< Ascending by seq.
  std::vector<removed_dot> removed;  ///< Dots <= from that died, any order.
  std::vector<seq_run> survivors;    ///< Dots <= from still alive, ascending.

  /// Of `live`, if a set made this: it stays whole while the set changes.
  std::vector<topic_ptr> kept_topics;
};

/// What became visible or invisible. An update has both.
struct change {
  topic_ptr topic;
  entry_ptr before;                         ///< What left; null if nothing.
  entry_ptr after;                          ///< What joined; null if nothing.
  leave_reason why = leave_reason::updated; ///< Why `before` left.

  /// Whether the key has as many presences as before.
  [[nodiscard]] bool is_update() const {
    return before && after && before->key() == after->key();
  }
};

using changes = std::vector<change>;

} // namespace rollcall::crdt
