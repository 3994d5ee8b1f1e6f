#pragma once

#include "rollcall/entry.hpp"
#include "rollcall/snapshot.hpp"

#include <string>
#include <vector>

namespace rollcall {

/// Some of the presences of a topic, see `presence::page`.
struct topic_page {
  /// In order of key, compared by bytes; all of a key or none. Empty though
  /// `next` is not: that key has more than `limits::page_key_presences_max`
  /// presences, and is left out; `presence::get_by_key` has them.
  std::vector<entry_ptr> presences;

  /// What to give as `after` for the page that follows: the last key of this
  /// one, or the key that is left out. Empty: none follows.
  std::string next;

  counts now; ///< Of the whole topic.
};

} // namespace rollcall
