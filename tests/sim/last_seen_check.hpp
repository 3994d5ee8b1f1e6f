#pragma once

#include "crdt/follow/last_seen.hpp"
#include "tests/sim/simulated_time.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace rollcall::sim {

/// Whether nodes agree on when keys were last here. They see a key go as soon
/// as they hear of it, or see its node go; what one saw alone it tells those
/// whom it meets.
class last_seen_check {
public:
  /// @returns false if a node differs from the first one.
  bool add(const std::map<std::string, moment>& seen) {
    static constexpr duration hearing_max
        = crdt::last_seen::slack + std::chrono::seconds{3};
    const auto is_alike = [](const auto& a, const auto& b) {
      return a.first == b.first && a.second < b.second + hearing_max
             && b.second < a.second + hearing_max;
    };
    if (!first_)
      first_ = seen;
    return std::ranges::equal(*first_, seen, is_alike);
  }

private:
  std::optional<std::map<std::string, moment>> first_;
};

} // namespace rollcall::sim
