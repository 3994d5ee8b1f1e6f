#include "crdt/cluster/sent_reports.hpp"

#include <algorithm>

namespace rollcall::crdt {

shard_report sent_reports::make(const std::string& peer,
                                const std::vector<known_replica>& now_known,
                                std::uint64_t sequence, std::uint64_t since,
                                bool is_whole) {
  auto& to = peers_[peer];
  update(to, now_known, sequence);
  shard_report result;
  result.is_whole = is_whole;
  for (const auto& [replica, each] : to)
    if (result.is_whole ? !each.last.is_dropped : each.changed_at > since)
      result.replicas.push_back(each.last);
  std::erase_if(to, [&](const auto& item) {
    return item.second.last.is_dropped
           && (result.is_whole || item.second.changed_at <= since);
  });
  return result;
}

void sent_reports::update(record& peer,
                          const std::vector<known_replica>& now_known,
                          std::uint64_t sequence) {
  for (const auto& known : now_known) {
    const auto [position, is_new]
        = peer.try_emplace(known.replica, told{known, sequence});
    if (!is_new && position->second.last != known)
      position->second = {known, sequence};
  }
  if (peer.size() == now_known.size())
    return;
  for (auto& [replica, each] : peer)
    if (!each.last.is_dropped
        && std::none_of(now_known.begin(), now_known.end(),
                        [wanted = replica](const auto& known) {
                          return known.replica == wanted;
                        }))
      each = {{replica, {}, false, true}, sequence};
}

void sent_reports::forget(const std::string& peer) {
  peers_.erase(peer);
}

} // namespace rollcall::crdt
