#pragma once

#include <rollcall/testing/cluster.hpp>

#include <caf/event_based_actor.hpp>

#include <string>

/// What the tests of the kit put on its nodes.
namespace rollcall::test {

/// Is in the arena as long as it lives.
inline caf::behavior player(caf::event_based_actor* self, presence who,
                            const std::string& name) {
  who.track(self, "arena", name, "{}")
      .then([](const tracked&) {},
            [self](caf::error& problem) { self->quit(std::move(problem)); });
  return {[](const presence_replaced&) {}};
}

inline caf::actor enter(testing::node& where, const std::string& name) {
  return where.spawn(player, where.presence(), name);
}

using names = std::vector<std::string>;

} // namespace rollcall::test
