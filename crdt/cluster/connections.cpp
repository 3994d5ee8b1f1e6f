#include "crdt/cluster/connections.hpp"

#include <algorithm>

namespace rollcall::crdt {

connection* connection_table::find(connection_id id) {
  const auto found = all_.find(id);
  return found == all_.end() ? nullptr : &found->second;
}

const connection* connection_table::find(connection_id id) const {
  const auto found = all_.find(id);
  return found == all_.end() ? nullptr : &found->second;
}

void connection_table::forgive(tick_time pause, tick_time now) {
  for (auto& [id, to] : all_)
    to.since = std::min(now, to.since + pause);
}

std::optional<connection_id>
connection_table::to_node(const std::string& name) const {
  for (const auto& [id, to] : all_)
    if (to.node && to.node->name == name)
      return id;
  return std::nullopt;
}

std::vector<connection_id> connection_table::accepted() const {
  std::vector<connection_id> result;
  for (const auto& [id, to] : all_)
    if (to.node)
      result.push_back(id);
  return result;
}

} // namespace rollcall::crdt
