#include "crdt/cluster/heartbeats.hpp"

#include "crdt/names.hpp"

#include <algorithm>

namespace rollcall::crdt {

wire::beat heartbeats::make(const membership& members,
                            const shard_views& shards, tick_time now) const {
  wire::beat result;
  result.membership = members.beat(now);
  for (const auto& other : result.membership.others) {
    const auto heard = last_heard(other.who.name);
    result.held.push_back(
        heard ? static_cast<std::uint64_t>((now - *heard).count()) : 0);
  }
  for (std::size_t shard = 0; shard < shards.count(); ++shard)
    result.shards.push_back(shards.report(shard));
  return result;
}

void heartbeats::sent(std::uint64_t counter, tick_time now) {
  sent_at_[counter % times_kept] = now;
}

void heartbeats::heard(const std::string& peer, tick_time now) {
  heard_at_[peer] = now;
}

void heartbeats::forget(const std::string& peer) {
  heard_at_.erase(peer);
}

std::optional<tick_time> heartbeats::last_heard(const std::string& peer) const {
  const auto found = heard_at_.find(peer);
  return found == heard_at_.end() ? std::nullopt : std::optional{found->second};
}

void heartbeats::forgive(tick_time pause, tick_time now) {
  for (auto& [peer, heard] : heard_at_)
    heard = std::min(now, heard + pause);
}

std::optional<std::chrono::microseconds>
heartbeats::round_trip(const wire::beat& heartbeat, const node_life& self,
                       tick_time now) const {
  const auto& others = heartbeat.membership.others;
  const auto own = std::find_if(others.begin(), others.end(),
                                [&](const liveness_report& report) {
                                  return report.who == self && report.is_direct;
                                });
  const auto index = static_cast<std::size_t>(own - others.begin());
  if (own == others.end() || index >= heartbeat.held.size())
    return std::nullopt;
  const auto sent = sent_at_[own->counter % times_kept];
  const auto held = heartbeat.held[index]; // Any number, if the peer is odd.
  if (sent.count() == 0
      || held > static_cast<std::uint64_t>((now - sent).count()))
    return std::nullopt;
  return now - sent - std::chrono::microseconds{held};
}

bool has_good_names(const heartbeat& message) {
  return is_good_node_name(message.sender.name)
         && std::all_of(message.others.begin(), message.others.end(),
                        [](const liveness_report& other) {
                          return is_good_node_name(other.who.name);
                        })
         && std::all_of(message.departed.begin(), message.departed.end(),
                        [](const node_life& left) {
                          return is_good_node_name(left.name);
                        });
}

} // namespace rollcall::crdt
