#pragma once

#include "crdt/leaf.hpp"
#include <rollcall/snapshot.hpp>

#include <vector>

namespace rollcall::crdt {

using rollcall::snapshot;

/// What the snapshots of one moment share: making it copies a pointer a leaf.
struct snapshot_content : counts {
  std::vector<leaf_ptr> leaves; ///< None is empty.
};

} // namespace rollcall::crdt
