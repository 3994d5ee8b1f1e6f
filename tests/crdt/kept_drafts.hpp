#pragma once

#include "crdt/stored_entry.hpp"

#include <cstdint>
#include <vector>

namespace rollcall::crdt::test {

/// Presences for an index, which has none of its own.
struct kept_drafts {
  stored_entry& presence(std::uint64_t owner = 0) {
    drafts.push_back(stored_entry::make("key", "{}", owner));
    return *drafts.back();
  }

  std::vector<draft_ptr> drafts;
};

} // namespace rollcall::crdt::test
