#pragma once

#include "crdt/replication/membership.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

/// One node's membership, and what others tell it.
namespace rollcall::crdt::test_members {

using namespace std::chrono_literals;

using kinds = std::vector<node_event_kind>;

inline kinds kinds_of(const std::vector<node_event>& events) {
  kinds result;
  for (const auto& event : events)
    result.push_back(event.kind);
  return result;
}

inline const node_incarnation b1{"b", 1};
inline const node_incarnation b2{"b", 2};
inline const node_incarnation c1{"c", 1};
inline const node_incarnation d1{"d", 1};

inline heartbeat heartbeat_of(const node_incarnation& who,
                              std::uint64_t counter,
                              std::vector<liveness_report> others = {},
                              std::vector<node_incarnation> departed = {}) {
  return {who, counter, {}, std::move(others), std::move(departed), {}, {}, {}};
}

/// Node "a" with the defaults: a heartbeat each 200 ms, down after 2 s.
struct one_member {
  membership here{{"a", 5}, "a:1", {}};
  tick_time now{};

  std::vector<node_event> pass(std::chrono::milliseconds time) {
    std::vector<node_event> all;
    for (const auto end = now + time; now < end;) {
      now += 200ms;
      for (auto& event : here.tick(now))
        all.push_back(event);
    }
    return all;
  }

  kinds hear(const heartbeat& message) {
    return kinds_of(here.receive(message, now));
  }

  /// What it tells a peer that it never told anything.
  heartbeat told(const std::string& peer = "z") {
    here.open(peer);
    return here.heartbeat_for(peer, now);
  }

  bool is_up(const std::string& name) {
    const auto view = here.peer(name, now);
    return view && view->is_up;
  }
};

inline constexpr auto up = node_event_kind::up;
inline constexpr auto down = node_event_kind::down;
inline constexpr auto gone = node_event_kind::gone;
inline constexpr auto conflict = node_event_kind::conflict;

} // namespace rollcall::crdt::test_members
