#pragma once

#include "rollcall/entry.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace rollcall {

/// What `presence::watch_range` sends: at first all that stands in the range,
/// later at most once an interval what came into it, changed in it or left it.
/// Presences of a topic stand in order of key, compared by bytes. A change of
/// an earlier place moves all behind it: who is pushed out of the range is in
/// `leaves`, and who is pushed in is in `joins`.
///
/// Sent by: watch dispatcher, to who watches the range.
struct topic_range {
  std::string topic;     ///< Whose places these are.
  std::size_t first = 0; ///< As it was given to `watch_range`.
  std::size_t last = 0;  ///< As it was given to `watch_range`.
  bool is_all = false;   ///< `joins` is all that stands there now.

  std::vector<entry_ptr> joins;  ///< In order of key.
  std::vector<entry_ptr> leaves; ///< An update's old version is here.
};

/// As it arrives in a mailbox: shared, never copied.
using topic_range_ptr = std::shared_ptr<const topic_range>;

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::topic_range_ptr)
