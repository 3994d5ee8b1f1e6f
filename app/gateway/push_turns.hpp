#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace rollcall::channels {

/// Which channels of a session have more to push than should wait for its
/// client at once, and whose turn it is: one at a time, in the order in which
/// they asked.
///
/// Shape:   an entry for each channel that waits.
/// Threads: confined to the session's I/O thread.
class push_turns {
public:
  /// A channel waits for its turn. Asked again, it keeps its place.
  /// @param bytes that wait with it.
  void want(std::uint64_t channel, std::size_t bytes);

  /// The channel went away.
  void forget(std::uint64_t channel);

  /// The next channel, whose turn it is until `end`; nothing while another has
  /// its turn.
  [[nodiscard]] std::optional<std::uint64_t> take();

  /// The turn is over.
  void end();

  /// What waits with all channels, with the one whose turn it is too.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return bytes_ + (current_ ? current_->bytes : 0);
  }

private:
  struct entry {
    std::uint64_t channel = 0;
    std::size_t bytes = 0;
  };

  [[nodiscard]] std::deque<entry>::iterator find(std::uint64_t channel);

  std::deque<entry> waiting_;
  std::optional<entry> current_;
  std::size_t bytes_ = 0; ///< Of `waiting_`.
};

} // namespace rollcall::channels
