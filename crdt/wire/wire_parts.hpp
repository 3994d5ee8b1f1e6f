#pragma once

#include "crdt/interval.hpp"
#include "crdt/replication/heartbeat.hpp"
#include "crdt/wire/wire_io.hpp"

#include <cstdint>

/// Values that several packets between nodes have in them.
namespace rollcall::wire {

inline constexpr std::uint8_t body_section = 1; ///< Newer sections are skipped.

inline void write_incarnation(writer& to, const crdt::node_incarnation& node) {
  to.text(node.name);
  to.number(node.incarnation);
}

inline crdt::node_incarnation read_incarnation(reader& from) {
  crdt::node_incarnation result;
  result.name = from.text();
  result.incarnation = from.number();
  return result;
}

inline void write_progress(writer& to, const crdt::progress& known) {
  to.number(known.seen);
  to.number(known.as_of - known.seen);
}

inline crdt::progress read_progress(reader& from) {
  crdt::progress result;
  result.seen = from.number();
  const auto more = from.number();
  result.as_of = result.seen + more;
  if (result.as_of < more)
    from.fail();
  return result;
}

/// Calls `read` as often as the bytes say, at most once a byte that is left.
template <class Read>
inline void read_many(reader& from, Read read) {
  for (auto count = from.number(); count > 0 && !from.is_bad(); --count)
    read();
}

} // namespace rollcall::wire
