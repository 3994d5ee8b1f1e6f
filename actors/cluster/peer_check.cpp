#include "actors/cluster/peer_check.hpp"

#include "actors/request_check.hpp"
#include <rollcall/limits.hpp>

#include <string_view>

namespace rollcall {

caf::error check(const crdt::interval& what) {
  std::string_view checked; // Many presences share the bytes of a topic.
  for (const auto& [topic, presence] : what.live) {
    if (topic.data() != checked.data())
      if (auto problem = check_topic(topic))
        return problem;
    checked = topic;
    if (auto problem = check_key(presence->key()))
      return problem;
    if (auto problem = check_meta(presence->meta(), limits::meta_bytes_ceiling))
      return problem;
  }
  return {};
}

caf::error check(const crdt::heartbeat& what) {
  if (auto problem = check_node_name(what.sender.name))
    return problem;
  for (const auto& other : what.others)
    if (auto problem = check_node_name(other.who.name))
      return problem;
  for (const auto& departed : what.departed)
    if (auto problem = check_node_name(departed.name))
      return problem;
  return {};
}

bool is_good(const wire::event& what) {
  // The name of an event has the form of a key.
  return !check_topic(what.topic) && !check_key(what.name)
         && (what.is_binary || what.payload.empty()
             || is_json(what.payload, limits::event_depth_max));
}

} // namespace rollcall
