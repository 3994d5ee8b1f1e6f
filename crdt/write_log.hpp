#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace rollcall::crdt {

/// Which dots of a replica died lately, and by which write.
///
/// Shape: sixteen bytes a death, at most `deaths_max` of them; the oldest are
///        forgotten first.
class write_log {
public:
  explicit write_log(std::size_t deaths_max) noexcept
      : deaths_max_{deaths_max} {
  }

  /// The write `by` ended the presence that `dot` had made.
  /// @pre `by` grows from call to call.
  void add(std::uint64_t by, std::uint64_t dot) {
    deaths_.push_back({by, dot});
    if (deaths_.size() > deaths_max_) {
      forgotten_ = deaths_.front().by;
      deaths_.pop_front();
    }
  }

  /// Whether every death after the write `seq` is still known.
  [[nodiscard]] bool reaches(std::uint64_t seq) const noexcept {
    return seq >= forgotten_;
  }

  /// The dots <= `from` that died after the write `since`.
  /// @pre `reaches(since)`.
  [[nodiscard]] std::vector<std::uint64_t> died(std::uint64_t since,
                                                std::uint64_t from) const {
    std::vector<std::uint64_t> result;
    auto it = std::partition_point(
        deaths_.begin(), deaths_.end(),
        [&](const death& candidate) { return candidate.by <= since; });
    for (; it != deaths_.end(); ++it)
      if (it->dot <= from)
        result.push_back(it->dot);
    return result;
  }

  /// Forgets all up to the write `seq`.
  void reset(std::uint64_t seq) {
    deaths_.clear();
    forgotten_ = seq;
  }

private:
  struct death {
    std::uint64_t by;
    std::uint64_t dot;
  };

  std::size_t deaths_max_;
  std::uint64_t forgotten_ = 0; ///< Deaths up to this write may be missing.
  std::deque<death> deaths_;
};

} // namespace rollcall::crdt
