#pragma once

#include "actors/presence_internals.hpp"
#include "actors/runtime.hpp"

#include <string>

/// Ways to break a node from a test.
namespace rollcall::testing {

inline shard_slot& slot_of(const presence& who, const std::string& topic) {
  return presence_internals::of(who).slot_of(topic);
}

inline shard_actor shard_of(const presence& who, const std::string& topic) {
  return slot_of(who, topic).shard();
}

inline dispatcher_actor dispatcher_of(const presence& who,
                                      const std::string& topic) {
  return slot_of(who, topic).dispatcher();
}

/// Makes the shard of a topic throw while it is at work.
inline void throw_in_shard(const presence& who, const std::string& topic) {
  slot_of(who, topic).leave_input({});
}

} // namespace rollcall::testing
