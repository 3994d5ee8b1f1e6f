// Feeds bytes to the decoder of intervals and what comes out to a set: nothing
// may crash, nothing may be taken that is not well formed.
#include "crdt/presence_set.hpp"
#include "crdt/wire/interval_wire.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

using namespace rollcall;

namespace {

void require(bool condition) {
  if (!condition)
    std::abort();
}

/// Lets a set of a stranger to all others take the interval in.
void apply_to_a_set(crdt::interval& what) {
  static const crdt::replica_id writer{"writer", 1, 0, 0};
  crdt::presence_set set{{"reader", 1, 0, 0}};
  set.know(writer, true);
  what.replica = crdt::tag_of(writer);
  crdt::changes out;
  set.apply(what, out);
  set.forget(what.replica, out);
  require(set.size() == 0 && set.topic_count() == 0);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  crdt::interval what;
  if (wire::decode(std::as_bytes(std::span{data, size}), what)
      != wire::decode_error::none)
    return 0;
  require(crdt::is_well_formed(what));
  std::string packet;
  wire::encode(what, packet);
  crdt::interval again;
  require(wire::decode(std::as_bytes(std::span{packet}), again)
          == wire::decode_error::none);
  require(again.live.size() == what.live.size()
          && again.removed.size() == what.removed.size()
          && again.survivors == what.survivors && again.to == what.to);
  apply_to_a_set(what);
  return 0;
}
