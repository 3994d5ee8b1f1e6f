#include "crdt/cluster/readiness.hpp"

#include <algorithm>

namespace rollcall::crdt {

void readiness::refused(const std::string& address, const std::string& reason) {
  auto& kept = refusals_[address];
  kept = reason.substr(0, reason_bytes_max);
  // Others show it in a log or a terminal.
  std::replace_if(
      kept.begin(), kept.end(),
      [](unsigned char byte) { return byte < 0x20 || byte > 0x7e; }, '?');
}

void readiness::forgive(const std::string& address) {
  refusals_.erase(address);
}

std::string readiness::problem(bool has_peers) const {
  if (!has_peers && !refusals_.empty()) {
    const auto& [address, reason] = *refusals_.begin();
    const auto more = refusals_.size() - 1;
    return address + (more == 0 ? "" : " and " + std::to_string(more) + " more")
           + " refused this node: " + reason;
  }
  return is_complete_ ? std::string{} : "waiting for the peers' presences";
}

} // namespace rollcall::crdt
