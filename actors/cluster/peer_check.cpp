#include "actors/cluster/peer_check.hpp"

#include "actors/request_check.hpp"
#include "crdt/cluster/peer_packets.hpp"
#include <rollcall/limits.hpp>

#include <string_view>

namespace rollcall {

caf::error check(const crdt::interval& interval) {
  std::string_view checked; // Many presences share the bytes of a topic.
  for (const auto& [topic, presence] : interval.live) {
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

bool is_good(const wire::event& event) {
  return crdt::is_good(event, is_json);
}

} // namespace rollcall
