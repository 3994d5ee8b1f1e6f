#pragma once

#include "messages/replication.hpp"

#include <caf/send.hpp>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>

namespace rollcall {

/// How a shard reaches the same shard of its peers. It outlives the shard's
/// actor, since a peer is introduced only once.
///
/// Threads: the shard's actor.
class peer_routes {
public:
  /// Remembers the way to a peer as long as it is connected.
  void learn(const replication_input& input) {
    if (const auto* up = std::get_if<crdt::peer_connected>(&input.input))
      routes_[up->peer] = input.route;
    if (const auto* down = std::get_if<crdt::peer_disconnected>(&input.input))
      routes_.erase(down->peer);
  }

  /// Sends a packet, if the peer is connected.
  void send(const std::string& peer, std::string bytes) const {
    const auto route = routes_.find(peer);
    if (route == routes_.end())
      return;
    if (const auto& count = route->second.sent)
      ++*count;
    caf::send_as(route->second.sender, route->second.receiver,
                 wire_frame{std::move(bytes)});
  }

  /// Asks for heartbeats to these peers, before it is time for the next ones.
  void hurry_reports(const std::set<std::string>& peers) const {
    for (const auto& peer : peers)
      if (const auto route = routes_.find(peer); route != routes_.end())
        caf::anon_send(route->second.cluster, report_due{peer});
  }

private:
  std::map<std::string, peer_route> routes_;
};

} // namespace rollcall
