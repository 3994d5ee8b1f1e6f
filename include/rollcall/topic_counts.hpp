#pragma once

#include "rollcall/snapshot.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <memory>
#include <string>
#include <vector>

namespace rollcall {

/// How large a topic is.
struct topic_size {
  std::string topic; ///< Its name.
  counts now;        ///< None: it is empty.
};

/// What `presence::watch_counts` sends: at first all topics that match, later
/// at most once an interval those whose size may have changed.
///
/// Sent by: watch dispatcher, to who watches the pattern.
struct topic_counts {
  std::string pattern;            ///< As it was given to `watch_counts`.
  bool is_all = false;            ///< Topics that are not listed are empty.
  std::vector<topic_size> topics; ///< In no order, each once.
};

/// As it arrives in a mailbox: shared, never copied.
using topic_counts_ptr = std::shared_ptr<const topic_counts>;

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::topic_counts_ptr)
