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

/// A text that is too long to be held for every client that it is sent to: it
/// is made part by part, each when its reader has room for it.
///
/// Threads: one I/O thread.
class text_source {
public:
  struct part {
    shared_bytes bytes;
    bool is_last = false;
  };

  virtual ~text_source() = default;

  /// Makes one part. A reader asks for 0, then for each next one in order.
  [[nodiscard]] virtual part at(std::size_t index) = 0;

  /// How much memory waits with it, in bytes, roughly.
  [[nodiscard]] virtual std::size_t held_bytes() const noexcept = 0;
};

/// One message to send: `head`, then `tail` if there is one, or `rest`. A
/// message that is the same for all has only a head.
struct outgoing {
  shared_bytes head;
  shared_bytes tail;
  bool is_binary = false;
  std::shared_ptr<text_source> rest = nullptr;

  [[nodiscard]] std::size_t size() const noexcept {
    return head->size() + (tail ? tail->size() : 0);
  }
};

/// What one session still has to send, oldest first.
///
/// Bounded: `push` refuses what would exceed the bound; the session is closed
///          then, so a client that does not read never grows the server. A
///          `text_source` counts with what it has made, not with what is to
///          come: that is made when the client has read what came before it.
/// Shape:   nothing on the heap while it is empty.
/// Threads: confined to the session's I/O thread.
class outbox {
public:
  /// What a message costs beside its bytes.
  static constexpr std::size_t message_overhead_bytes = 128;

  /// A longer message is sent in pieces of this size: WebSocket fragments.
  static constexpr std::size_t piece_bytes_max = 65'536;

  /// A message, or a part of it, as one WebSocket frame. Valid until the outbox
  /// changes.
  struct piece {
    std::array<boost::asio::const_buffer, 2> buffers;
    bool is_last = true; ///< Of its message.
    bool is_binary = false;
  };

  explicit outbox(std::size_t bytes_max) noexcept : bytes_max_{bytes_max} {
  }

  [[nodiscard]] bool empty() const noexcept {
    return size() == 0;
  }

  /// Messages that wait.
  [[nodiscard]] std::size_t size() const noexcept {
    return messages_.size() - first_;
  }

  /// Bytes that wait, with the overhead: what the bound is for.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return bytes_;
  }

  /// `bytes`, and what waits with texts that are still to be made.
  [[nodiscard]] std::size_t held_bytes() const noexcept {
    return bytes_ + held_;
  }

  /// What a message counts against the bound.
  [[nodiscard]] static std::size_t cost(const outgoing& message) noexcept {
    return message.size() + message_overhead_bytes;
  }

  /// Takes one message. @returns whether there was room for it.
  [[nodiscard]] bool push(outgoing message);

  /// What to send next; the outbox must not be empty.
  [[nodiscard]] piece next();

  /// Forgets what `next` gave.
  void pop(const piece& sent);

  /// Forgets all.
  void clear() noexcept;

private:
  [[nodiscard]] piece slice(const outgoing& of) const;
  void forget_oldest();

  std::vector<outgoing> messages_;
  std::size_t first_ = 0; ///< Index of the oldest.
  std::size_t bytes_ = 0;
  std::size_t held_ = 0;
  std::size_t bytes_max_;
  std::size_t done_ = 0;   ///< Of the oldest: bytes, or parts of its `rest`.
  text_source::part part_; ///< The part that is being sent.
};

} // namespace rollcall::channels
