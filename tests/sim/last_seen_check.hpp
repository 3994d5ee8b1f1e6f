#pragma once

#include "crdt/follow/last_seen.hpp"
#include "tests/sim/simulated_time.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace rollcall::sim {

/// Whether nodes agree on when keys were last here. They see a key go as soon
/// as they hear of it, or see its node go; what one saw alone it tells those
/// whom it meets. A table that was full may lack keys that others have.
class last_seen_check {
public:
  using times = std::map<std::string, moment>;

  explicit last_seen_check(std::size_t keys_max) : keys_max_{keys_max} {
  }

  /// @returns false if a node differs from the first one.
  bool add(const times& seen) {
    if (!first_)
      first_ = seen;
    max_size_ = std::max(max_size_, seen.size());
    return max_size_ <= keys_max_ && is_alike(*first_, seen)
           && is_alike(seen, *first_);
  }

private:
  /// Whether `others` has the keys of `some`, at about the same times.
  [[nodiscard]] bool is_alike(const times& some, const times& others) const {
    static constexpr duration hearing_max
        = crdt::last_seen::slack + std::chrono::seconds{3};
    static constexpr std::size_t never_full = 1'000;
    return std::ranges::all_of(some, [&](const auto& one) {
      const auto found = others.find(one.first);
      return found == others.end() ? keys_max_ < never_full
                                   : one.second < found->second + hearing_max;
    });
  }

  std::size_t keys_max_;
  std::size_t max_size_ = 0;
  std::optional<times> first_;
};

} // namespace rollcall::sim
