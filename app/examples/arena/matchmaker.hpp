#pragma once

#include "app/examples/arena/waiting_room.hpp"
#include <rollcall/presence.hpp>

#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace arena {

struct matchmaker_state {
  static constexpr const char* name = "arena.matchmaker";

  rollcall::presence who;
  std::string node;
  std::string incarnation; ///< Makes the names of matches unique.
  std::uint64_t matches = 0;
  waiting_room room;
};

using matchmaker_actor = caf::stateful_actor<matchmaker_state>;

/// Pairs the idle players of the whole cluster. Each node has one; it is
/// present in `matchmakers` under the name of its node, and the first in that
/// list makes the matches. When its node is lost the presence leaves, and the
/// next one goes on: all of them see the same lobby.
///
/// While the cluster is split, each part has a matchmaker of its own.
caf::behavior matchmaker(matchmaker_actor* self, rollcall::presence who,
                         std::string node, std::string incarnation);

} // namespace arena
