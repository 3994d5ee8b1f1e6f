#include "crdt/cluster/peer_state.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace rollcall::crdt {

namespace {

shard_lag total_lag(const shard_views& shards, const std::string& peer,
                    tick_time now) {
  shard_lag total;
  for (std::size_t shard = 0; shard < shards.count(); ++shard) {
    const auto lag = shards.lag(shard, peer, now);
    total.behind += lag.behind;
    total.oldest = std::max(total.oldest, lag.oldest);
    total.unacknowledged += lag.unacknowledged;
  }
  return total;
}

} // namespace

std::vector<peer_state> peer_states(const membership& members,
                                    const connection_table& connections,
                                    const shard_views& shards, tick_time now) {
  std::vector<peer_state> result;
  for (auto& view : members.peers(now)) {
    auto& state = result.emplace_back();
    state.view = std::move(view);
    state.lag = total_lag(shards, state.view.who.name, now);
    state.connection = connections.to_node(state.view.who.name);
  }
  return result;
}

} // namespace rollcall::crdt
