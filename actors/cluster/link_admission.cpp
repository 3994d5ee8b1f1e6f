// Who may have a link: the part of the core that keeps two nodes at one link.
#include "actors/cluster/link_core.hpp"

#include <algorithm>

namespace rollcall {

link_core::connection_ptr
link_core::find_rival(const link_connection& connection,
                      const node_key& peer) const {
  const auto found = std::find_if(
      connections_.begin(), connections_.end(), [&](const auto& entry) {
        return entry.first != connection.id() && entry.second->peer() == peer
               && !entry.second->has_ended();
      });
  return found == connections_.end() ? nullptr : found->second;
}

hello_status link_core::admit(const link_connection& connection,
                              const node_key& peer) {
  if (peer == self_)
    return hello_status::myself;
  if (find_rival(connection, peer))
    return hello_status::duplicate;
  const auto links = std::count_if(
      connections_.begin(), connections_.end(), [](auto& entry) {
        return entry.second->peer() && !entry.second->has_ended();
      });
  return static_cast<std::size_t>(links) < settings_.links_max
             ? hello_status::accepted
             : hello_status::full;
}

// Both nodes dialed and both accepted: the one with the smaller key keeps its
// dial. Both know both connections, so both decide alike, before BASP has seen
// more than one.
bool link_core::settle(const link_connection& connection) {
  const auto rival = find_rival(connection, *connection.peer());
  if (!rival)
    return true;
  if (rival->side() == link_side::dialed || self_ > *connection.peer())
    return false;
  rival->end(link_error::duplicate, "both nodes connected; the other one stays",
             link_reject::refused);
  return true;
}

bool link_core::must_wait(const link_connection& connection) const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [&](const auto& entry) {
                       return entry.first != connection.id()
                              && entry.second->peer() == connection.peer()
                              && entry.second->has_ended();
                     });
}

void link_core::remove(link_id id) {
  const auto found = connections_.find(id);
  if (found == connections_.end())
    return;
  const auto gone = found->second;
  connections_.erase(found);
  update_gauges();
  if (is_stopping_ && connections_.empty())
    stop_timer_.cancel();
  for (const auto& [other, connection] : std::map{connections_})
    if (connection->is_waiting() && !connection->has_ended()
        && connection->peer() == gone->peer() && !must_wait(*connection))
      return connection->proceed();
}

} // namespace rollcall
