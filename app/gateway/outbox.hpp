#pragma once

#include <boost/asio/buffer.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::channels {

/// Bytes that many sessions may send: encoded once, then immutable.
using shared_bytes = std::shared_ptr<const std::string>;

[[nodiscard]] inline shared_bytes share(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

/// One message to send: `head`, then `tail` if there is one. A message that is
/// the same for all has only a head.
struct outgoing {
  shared_bytes head;
  shared_bytes tail;
  bool is_binary = false;

  [[nodiscard]] std::size_t size() const noexcept {
    return head->size() + (tail ? tail->size() : 0);
  }

  /// Valid as long as this.
  [[nodiscard]] std::array<boost::asio::const_buffer, 2> buffers() const {
    return {boost::asio::buffer(*head),
            tail ? boost::asio::buffer(*tail) : boost::asio::const_buffer{}};
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
    return size() == 0;
  }

  /// Messages that wait.
  [[nodiscard]] std::size_t size() const noexcept {
    return messages_.size() - first_;
  }

  /// Bytes that wait.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return bytes_;
  }

  /// Takes one message. @returns whether there was room for it.
  [[nodiscard]] bool push(outgoing what);

  /// The oldest; there must be one.
  [[nodiscard]] const outgoing& front() const noexcept {
    return messages_[first_];
  }

  /// Forgets the oldest.
  void pop();

  /// Forgets all.
  void clear() noexcept;

private:
  std::vector<outgoing> messages_;
  std::size_t first_ = 0; ///< Index of the oldest.
  std::size_t bytes_ = 0;
  std::size_t bytes_max_;
};

} // namespace rollcall::channels
