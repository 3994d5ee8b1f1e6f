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

  /// Joined and left within the run. Who took a snapshot meanwhile may have
  /// seen them.
  std::vector<entry_ptr> passed;

  [[nodiscard]] bool empty() const noexcept {
    return joins.empty() && leaves.empty();
  }
};

/// @pre all changes are of one topic, in the order they happened.
[[nodiscard]] net_effect net_of(std::span<const change> run);

} // namespace rollcall::crdt
