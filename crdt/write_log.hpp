#pragma once

#include "crdt/removed_dot.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rollcall::crdt {

/// Which dots of a replica died lately, by which write, and why. A version that
/// was updated died by the write that made the next one.
///
/// Shape: sixteen bytes a death, at most `deaths_max` of them; the oldest are
///        forgotten first.
class write_log {
public:
  explicit write_log(std::size_t deaths_max) noexcept
      : deaths_max_{deaths_max} {
  }

  /// The write `by` ended the presence that `dot` had made, for this reason.
  /// @pre `by` grows from call to call.
  void add(std::uint64_t by, std::uint64_t dot, leave_reason why) {
    if (deaths_max_ == 0) {
      forgotten_ = by;
      return;
    }
    if (count_ == deaths_max_)
      forget_oldest();
    else if (count_ == ring_.size())
      grow();
    ring_[place(count_++)]
        = {by, dot & dot_max, static_cast<std::uint64_t>(why)};
  }

  /// Whether every death after the write `seq` is still known.
  [[nodiscard]] bool reaches(std::uint64_t seq) const noexcept {
    return seq >= forgotten_;
  }

  /// The dots <= `from` that died after the write `since`, the last first. Of a
  /// presence that was updated and has left since, why it left; what goes on
  /// has the reason `left`, since only its successor tells that.
  /// @pre `reaches(since)`.
  [[nodiscard]] std::vector<removed_dot> died(std::uint64_t since,
                                              std::uint64_t from) const {
    std::vector<removed_dot> result;
    end_reasons ends; ///< Of dots, where it is not `left`.
    const auto first = first_after(since);
    for (auto i = count_; i-- > first;) {
      const auto& one = ring_[place(i)];
      const auto why = end_of(one, ends);
      if (why != leave_reason::updated && why != leave_reason::left)
        ends.emplace(one.dot, why);
      if (one.dot <= from)
        result.emplace_back(
            one.dot, why == leave_reason::updated ? leave_reason::left : why);
    }
    return result;
  }

  /// Forgets all up to the write `seq`.
  void reset(std::uint64_t seq) {
    ring_ = {};
    first_ = 0;
    count_ = 0;
    forgotten_ = seq;
  }

private:
  static constexpr std::uint64_t dot_max = (std::uint64_t{1} << 56) - 1;

  struct death {
    std::uint64_t by;
    std::uint64_t dot : 56;
    std::uint64_t why : 8;
  };

  using end_reasons = std::unordered_map<std::uint64_t, leave_reason>;

  /// Why the presence ended that this was a version of, if it did.
  static leave_reason end_of(const death& one, const end_reasons& later) {
    const auto why = static_cast<leave_reason>(one.why);
    if (why != leave_reason::updated || later.empty())
      return why;
    const auto next = later.find(one.by);
    return next == later.end() ? why : next->second;
  }

  [[nodiscard]] std::size_t place(std::size_t index) const noexcept {
    const auto at = first_ + index;
    return at < ring_.size() ? at : at - ring_.size();
  }

  /// @returns the index of the first death by a later write than `since`.
  [[nodiscard]] std::size_t first_after(std::uint64_t since) const noexcept {
    std::size_t from = 0;
    for (auto to = count_; from < to;) {
      const auto middle = from + (to - from) / 2;
      if (ring_[place(middle)].by <= since)
        from = middle + 1;
      else
        to = middle;
    }
    return from;
  }

  void forget_oldest() noexcept {
    forgotten_ = ring_[first_].by;
    first_ = place(1);
    --count_;
  }

  void grow() {
    std::vector<death> larger(
        std::min(std::max(count_min, 2 * count_), deaths_max_));
    for (std::size_t i = 0; i < count_; ++i)
      larger[i] = ring_[place(i)];
    ring_ = std::move(larger);
    first_ = 0;
  }

  static constexpr std::size_t count_min = 16;

  std::size_t deaths_max_;
  std::uint64_t forgotten_ = 0; ///< Deaths up to this write may be missing.

  // In one piece: many small ones, each made beside what a client needed for a
  // moment, would keep the pages of all those from the system.
  std::vector<death> ring_;
  std::size_t first_ = 0; ///< Where the oldest death is.
  std::size_t count_ = 0;
};

} // namespace rollcall::crdt
