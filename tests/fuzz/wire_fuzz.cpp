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
void apply_to_a_set(crdt::interval& interval) {
  static const crdt::replica_id writer{"writer", 1, 0, 0};
  crdt::presence_set set{{"reader", 1, 0, 0}};
  set.know(writer, true);
  interval.replica = crdt::tag_of(writer);
  crdt::changes out;
  set.apply(interval, out);
  set.forget(interval.replica, out);
  require(set.size() == 0 && set.topic_count() == 0);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  crdt::interval interval;
  if (wire::decode(std::as_bytes(std::span{data, size}), interval)
      != wire::decode_error::none)
    return 0;
  require(crdt::is_well_formed(interval));
  std::string packet;
  wire::encode(interval, packet);
  crdt::interval again;
  require(wire::decode(std::as_bytes(std::span{packet}), again)
          == wire::decode_error::none);
  require(again.live.size() == interval.live.size()
          && again.removed.size() == interval.removed.size()
          && again.survivors == interval.survivors && again.to == interval.to);
  apply_to_a_set(interval);
  return 0;
}
