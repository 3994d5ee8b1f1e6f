// Here the types of Rollcall come first, and in main.cpp those of the backend.
#include "arena.hpp"

#include "messages/type_ids.hpp"

#include <caf/all.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <vector>

namespace backend {

caf::behavior player(caf::event_based_actor* self, rollcall::presence who) {
  who.track(self, "arena:1", "ann", "{}")
      .then([](const rollcall::tracked&) {}, [](const caf::error&) {});
  return {[](const shot& hit) { return score{hit.damage * 10}; },
          [](reload) { return caf::unit; }};
}

bool travels(caf::actor_system& system) {
  auto sent = caf::make_message(shot{"ann", 7});
  std::vector<char> bytes;
  caf::binary_serializer out{system, bytes};
  if (out(sent))
    return false;
  caf::message read;
  caf::binary_deserializer in{system, bytes};
  return !in(read) && read.match_elements<shot>()
         && read.get_as<shot>(0).damage == 7;
}

} // namespace backend
