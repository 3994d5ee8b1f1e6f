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

void connection_table::accept(connection_id id, const node_incarnation& node) {
  accepted_.insert_or_assign(node.name, id);
  all_.at(id).node = node;
}

void connection_table::erase(connection_id id) {
  const auto found = all_.find(id);
  if (found == all_.end())
    return;
  if (found->second.node)
    accepted_.erase(found->second.node->name);
  all_.erase(found);
}

void connection_table::forgive(tick_time pause, tick_time now) {
  for (auto& [id, to] : all_) {
    to.since = std::min(now, to.since + pause);
    if (to.heard_at)
      to.heard_at = std::min(now, *to.heard_at + pause);
  }
}

std::vector<std::pair<connection_id, std::string>>
connection_table::overdue(std::chrono::milliseconds silence_max,
                          tick_time now) const {
  std::vector<std::pair<connection_id, std::string>> result;
  for (const auto& [id, to] : all_)
    if (to.close_at && *to.close_at <= now)
      result.emplace_back(id, "this node refused it");
    else if (now - std::max(to.heard_at.value_or(to.since), to.since)
             > silence_max)
      result.emplace_back(id, "it brings nothing");
  return result;
}

std::optional<connection_id>
connection_table::to_node(const std::string& name) const {
  const auto found = accepted_.find(name);
  return found == accepted_.end() ? std::nullopt : std::optional{found->second};
}

std::vector<connection_id> connection_table::accepted() const {
  std::vector<connection_id> result;
  for (const auto& [id, to] : all_)
    if (to.node)
      result.push_back(id);
  return result;
}

} // namespace rollcall::crdt
