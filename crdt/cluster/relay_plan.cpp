#include "crdt/cluster/relay_plan.hpp"

#include <utility>
#include <vector>

namespace rollcall::crdt {

std::optional<relays_changed>
relay_plan::next(const membership& members, const connection_table& connections,
                 tick_time now) {
  relays_changed result;
  std::string key;
  for (const auto& peer : members.peers(now))
    if (peer.is_direct) {
      result.direct.insert(peer.who.name);
      key += peer.who.name + ";";
    }
  for (const auto& [id, to] : connections) {
    if (!to.node)
      continue;
    auto& [target, origins] = result.plan.emplace_back(
        to.node->name, members.relayed_to(to.node->name));
    key += "|" + target + "#" + std::to_string(static_cast<std::uint64_t>(id))
           + ":";
    for (const auto& origin : origins)
      key += origin.name + "#" + std::to_string(origin.incarnation) + ",";
  }
  if (key == std::exchange(last_key_, key))
    return std::nullopt;
  return result;
}

} // namespace rollcall::crdt
