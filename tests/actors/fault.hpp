#pragma once

#include "actors/presence_internals.hpp"
#include "actors/runtime.hpp"

#include <caf/send.hpp>

#include <string>

/// Ways to break a node from a test.
namespace rollcall::testing {

inline shard_actor shard_of(const presence& who, const std::string& topic) {
  return presence_internals::of(who).slot_of(topic).shard();
}

inline dispatcher_actor dispatcher_of(const presence& who,
                                      const std::string& topic) {
  return presence_internals::of(who).slot_of(topic).dispatcher();
}

/// Makes the shard of a topic throw while it handles a message.
inline void throw_in_shard(const presence& who, const std::string& topic) {
  track_request without_a_draft;
  without_a_draft.topic = topic;
  caf::anon_send(shard_of(who, topic), std::move(without_a_draft));
}

} // namespace rollcall::testing
