#pragma once

#include "rollcall/entry.hpp"
#include "rollcall/snapshot.hpp"

#include <string>
#include <vector>

namespace rollcall {

/// Some of the presences of a topic, see `presence::page`.
struct topic_page {
  /// In order of key, compared by bytes; all of a key or none.
  std::vector<entry_ptr> presences;

  /// What to give as `after` for the page that follows: the last key of this
  /// one. Empty: none follows.
  std::string next;

  counts now; ///< Of the whole topic.
};

} // namespace rollcall
