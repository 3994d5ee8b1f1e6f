#pragma once

#include <rollcall/topic_counts.hpp>

#include <cstddef>
#include <map>
#include <string>

/// What the built-in channel is still to tell its client of how large topics
/// are: no actor, no clock.
namespace rollcall::node {

/// Counts of topics that wait until there is room for a client. A newer count
/// of a topic replaces an older one that waits.
///
/// Shape:   the first list is shared with all who are told it; what comes while
///          it waits is one entry for each topic that changed.
class waiting_counts {
public:
  /// Topics of one message, and bytes after which it ends, so that none is too
  /// long for a client.
  static constexpr std::size_t topics_max = 500;
  static constexpr std::size_t part_bytes = 32'768;

  /// Takes what was told. All topics of a pattern replace what waits.
  void take(const topic_counts_ptr& told);

  [[nodiscard]] bool empty() const noexcept {
    return !list_ && newer_.empty();
  }

  /// How much memory waits, in bytes, roughly.
  [[nodiscard]] std::size_t bytes() const noexcept;

  /// The payload of the next `presence_counts`.
  /// @pre it is not empty.
  [[nodiscard]] std::string next();

private:
  class part;

  void take_from_list(part& out);
  void take_newer(part& out);

  topic_counts_ptr list_; ///< Null once all of it was taken.
  std::size_t next_ = 0;  ///< In `list_`.
  std::size_t list_bytes_ = 0;
  std::map<std::string, counts, std::less<>> newer_;
  std::size_t newer_bytes_ = 0;
  std::string last_;    ///< Taken from `newer_`; it goes round.
  bool is_all_ = false; ///< `list_` has all topics and is not begun.
};

} // namespace rollcall::node
