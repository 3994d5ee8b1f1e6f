#include "crdt/cluster/dialer.hpp"

#include "crdt/cluster/peer_address.hpp"

#include <algorithm>

namespace rollcall::crdt {

dialer::dialer(std::chrono::milliseconds retry_min,
               std::chrono::milliseconds retry_max, std::uint64_t seed)
    : retry_min_{retry_min},
      retry_max_{retry_max},
      random_{seed} {
}

void dialer::add_seed(const std::string& address) {
  targets_[address].is_seed = true;
}

void dialer::forget_own(const std::string& address) {
  if (address.empty())
    return;
  auto& record = targets_[address];
  record.is_own = record.was_tried = true;
  record.is_under_way = false;
}

std::vector<std::string> dialer::due(const std::vector<peer_view>& peers,
                                     const connection_table& connections,
                                     tick_time now) {
  std::set<std::string> known;
  std::set<std::string> connected;
  for (const auto& peer : peers) {
    if (!parse_peer_address(peer.address))
      continue;
    known.insert(peer.address);
    targets_.try_emplace(peer.address);
    if (connections.to_node(peer.who.name))
      connected.insert(peer.address);
  }
  retain(known);
  for (const auto& [id, to] : connections)
    connected.insert(to.address);
  std::vector<std::string> result;
  for (auto& [address, record] : targets_)
    if (!record.is_own && !record.is_under_way && record.next <= now
        && !connected.contains(address)) {
      record.is_under_way = true;
      result.push_back(address);
    }
  return result;
}

/// Drops what was told and is not known any more.
void dialer::retain(const std::set<std::string>& known) {
  std::erase_if(targets_, [&](const auto& item) {
    const auto& record = item.second;
    return !record.is_seed && !record.is_own && !record.is_under_way
           && !known.contains(item.first);
  });
}

unsigned dialer::done(const std::string& address, bool is_ok, bool is_slow,
                      tick_time now) {
  const auto found = targets_.find(address);
  if (found == targets_.end())
    return 0;
  auto& record = found->second;
  record.is_under_way = false;
  record.was_tried = true;
  record.failures = is_ok ? 0 : std::min(record.failures + 1, 16u);
  auto wait = is_slow ? retry_max_
                      : std::min(retry_max_,
                                 retry_min_ * (1u << record.failures) / 2);
  // Half to all of it, so that many nodes do not come at one moment.
  wait = wait / 2
         + std::chrono::milliseconds{
             random_() % static_cast<std::uint64_t>(wait.count() / 2 + 1)};
  record.next = now + wait;
  return record.failures;
}

bool dialer::has_tried_all() const noexcept {
  return std::all_of(targets_.begin(), targets_.end(), [](const auto& item) {
    return !item.second.is_seed || item.second.was_tried;
  });
}

} // namespace rollcall::crdt
