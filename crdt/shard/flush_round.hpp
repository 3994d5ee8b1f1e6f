#pragma once

#include "crdt/replication/membership.hpp"
#include "crdt/wire/cluster_wire.hpp"
#include "crdt/wire/interval_wire.hpp"

#include <cstdint>
#include <string>

namespace rollcall::crdt {

/// Makes and sends one round of what is due: each interval once for all peers
/// who lack it.
///
/// @param shard a `shard_core`, or what guards one with a lock that each call
///        takes by itself. So the lock is free while an interval is encoded,
///        which takes longer than to make it.
/// @param send takes the name of a peer and the bytes for it.
/// @returns whether something was sent: then more may be due at once.
template <class Shard, class Send>
bool flush_round(Shard& shard, std::uint16_t shard_index, tick_time now,
                 Send send) {
  bool is_sending = false;
  for (const auto& wanted : shard.due(now)) {
    const auto made = shard.make_interval(wanted);
    if (!made)
      continue;
    std::string bytes;
    wire::begin_shard_packet(shard_index, bytes);
    wire::encode(*made, bytes);
    shard.sent(wanted, {made->to, made->as_of}, bytes.size(), now);
    for (const auto& peer : wanted.peers)
      send(peer, bytes);
    is_sending = true;
  }
  return is_sending;
}

} // namespace rollcall::crdt
