#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::channels {

/// Bytes that many sessions may send: encoded once, then immutable.
using shared_bytes = std::shared_ptr<const std::string>;

[[nodiscard]] inline shared_bytes share(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

/// One frame to send: `head`, then `tail` if there is one. A frame that is the
/// same for all has only a head.
struct outgoing {
  shared_bytes head;
  shared_bytes tail;

  [[nodiscard]] std::size_t size() const noexcept {
    return head->size() + (tail ? tail->size() : 0);
  }
};

/// What one session still has to send, oldest first.
///
/// Bounded: `push` refuses what would exceed the bound; the session is closed
///          then, so a client that does not read never grows the server.
/// Shape:   nothing on the heap while it is empty.
/// Threads: confined to the session's I/O thread.
class outbox {
public:
  explicit outbox(std::size_t bytes_max) noexcept : bytes_max_{bytes_max} {
  }

  [[nodiscard]] bool empty() const noexcept {
    return bytes_ == 0;
  }

  /// Bytes that wait.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return bytes_;
  }

  /// Takes one frame. @returns whether there was room for it.
  [[nodiscard]] bool push(outgoing frame);

  /// Takes one frame even above the bound: for the last words of a session.
  void push_last(outgoing frame);

  /// Names the next bytes to send, at most one view for each place.
  /// @returns how many places were filled.
  std::size_t gather(std::span<std::string_view> places) const;

  /// Forgets what was sent.
  void consume(std::size_t sent);

  /// Drops all frames of which nothing was sent yet.
  void drop_unstarted();

private:
  std::vector<outgoing> frames_;
  std::size_t first_ = 0;  ///< Index of the oldest frame.
  std::size_t offset_ = 0; ///< Bytes of it that are sent.
  std::size_t bytes_ = 0;
  std::size_t bytes_max_;
};

} // namespace rollcall::channels
