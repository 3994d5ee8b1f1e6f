#pragma once

#include "crdt/interval.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace rollcall::crdt {

/// What remains of a run of changes: who joined and was not there before, who
/// left and was. A presence that joined and left within is in neither; a chain
/// of updates is its last version in `joins` and its first in `leaves`.
struct net_effect {
  std::vector<entry_ptr> joins;
  std::vector<entry_ptr> leaves;
  std::vector<leave_reason> reasons; ///< Of `leaves`, one for each.

  /// Joined and left within the run. Who took a snapshot meanwhile may have
  /// seen them.
  std::vector<entry_ptr> passed;
  std::vector<leave_reason> passed_reasons; ///< One for each of `passed`.

  /// Was there, left and came back within the run, as the presences of a node
  /// do that is lost for a moment. Who took a snapshot meanwhile may lack them.
  std::vector<entry_ptr> returned;

  [[nodiscard]] bool empty() const noexcept {
    return joins.empty() && leaves.empty();
  }

  /// Whether a snapshot taken meanwhile may differ from what is there now in
  /// more than joins and leaves.
  [[nodiscard]] bool concerns_snapshots() const noexcept {
    return !passed.empty() || !returned.empty();
  }
};

/// @pre all changes are of one topic, in the order they happened.
[[nodiscard]] net_effect net_of(std::span<const change> run);

/// The fewest changes with the same joins and leaves. What passed or returned
/// within the run is in none of them.
[[nodiscard]] changes merged(std::span<const change> run);

} // namespace rollcall::crdt
