#pragma once

#include "crdt/leaf.hpp"
#include <rollcall/snapshot.hpp>

#include <cstddef>
#include <vector>

namespace rollcall::crdt {

using rollcall::snapshot;

/// What the snapshots of one moment share: making it copies a pointer a leaf.
struct snapshot_content {
  std::vector<leaf_ptr> leaves; ///< None is empty.
  std::size_t presences = 0;
  std::size_t keys = 0;
};

} // namespace rollcall::crdt
