#include "crdt/cluster/relay_plan.hpp"

#include <utility>
#include <vector>

namespace rollcall::crdt {

std::optional<relays_changed>
relay_plan::next(const membership& members, const connection_table& connections,
                 tick_time now) {
  relays_changed result;
  std::string key;
  const auto peers = members.peers(now);
  for (const auto& peer : peers)
    if (peer.is_direct) {
      result.direct.insert(peer.who.name);
      key += peer.who.name + ";";
    }
  for (const auto& [id, to] : connections) {
    if (!to.node)
      continue;
    auto& [target, origins]
        = result.plan.emplace_back(to.node->name, std::vector<node_life>{});
    key += "|" + target + "#" + std::to_string(static_cast<std::uint64_t>(id))
           + ":";
    for (const auto& origin : peers)
      if (origin.is_up && members.is_relay(origin.who.name, target, now)) {
        origins.push_back(origin.who);
        key += origin.who.name + "#" + std::to_string(origin.who.incarnation)
               + ",";
      }
  }
  if (key == std::exchange(last_key_, key))
    return std::nullopt;
  return result;
}

} // namespace rollcall::crdt
