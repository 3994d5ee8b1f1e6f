#pragma once

#include "crdt/interval.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rollcall::crdt {

/// The own presences whose owner ended and that wait for a successor: under
/// which name, and until when.
///
/// Shape:   about 200 bytes a waiting presence, nothing of those that ended.
/// Units:   time is that of the caller's clock, only compared.
/// Threads: one at a time.
class lingering {
public:
  using time = std::chrono::nanoseconds;

  /// Lets the presence at `seq` wait until `end`. @pre it does not wait yet.
  void add(std::string_view topic, std::string_view key, std::uint64_t seq,
           time end);

  /// Ends the waiting of the presence of (topic, key) that would end first.
  /// @returns its seq; empty if none waits under this name.
  std::optional<std::uint64_t> take(std::string_view topic,
                                    std::string_view key);

  /// Ends the waiting of the presence at `seq`. @returns whether it waited.
  bool forget(std::uint64_t seq);

  /// Whether the presence at `seq` waits.
  [[nodiscard]] bool contains(std::uint64_t seq) const {
    return !by_seq_.empty() && by_seq_.contains(seq);
  }

  /// Ends the waiting of all whose time is over.
  /// @returns their seqs, the one that ended first in front.
  [[nodiscard]] std::vector<std::uint64_t> expire(time now);

  /// When the next one's time is over, if one waits.
  [[nodiscard]] std::optional<time> next_end() const;

  /// The presences were written anew under other seqs: those that wait go on
  /// under their new one, until the same time.
  void renumber(std::span<const change> rewritten);

  [[nodiscard]] std::size_t size() const noexcept {
    return by_seq_.size();
  }

private:
  struct waiting {
    std::string name; ///< Topic, a zero byte, key: a topic has no zero byte.
    time end;
  };

  using seqs = std::unordered_map<std::uint64_t, waiting>;

  void add(std::uint64_t seq, waiting record);
  void remove(seqs::iterator which);

  seqs by_seq_;
  std::unordered_map<std::string, std::set<std::pair<time, std::uint64_t>>>
      by_name_;
  std::set<std::pair<time, std::uint64_t>> ends_;
};

} // namespace rollcall::crdt
