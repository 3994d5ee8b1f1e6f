#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace rollcall {

/// Where the frames begin and end in what CAF sends to a peer, so that the link
/// can put frames of its own between them, and knows how many messages have
/// come out of CAF.
///
/// Shape:   constant.
/// Threads: one at a time.
class outflow {
public:
  /// Takes the next bytes of CAF.
  void pass(std::span<const std::byte> bytes);

  /// Where in these bytes, which come next, a frame ends and another one may
  /// begin first; 0 if that is before all of them, none if it is in none.
  [[nodiscard]] std::optional<std::size_t>
  first_gap(std::span<const std::byte> bytes) const;

  /// Whether the last frame is complete.
  [[nodiscard]] bool is_between_frames() const noexcept {
    return header_size_ == 0 && payload_left_ == 0;
  }

  /// Messages from actor to actor whose header has passed.
  [[nodiscard]] std::uint64_t messages() const noexcept {
    return messages_;
  }

private:
  /// Takes bytes of one frame at most. @returns how many.
  std::size_t pass_part(std::span<const std::byte> bytes);

  std::size_t header_size_ = 0;    ///< Bytes of a header that is not complete.
  std::uint32_t first_word_ = 0;   ///< Of that header: operation and flags.
  std::uint32_t payload_size_ = 0; ///< What it says, as far as it is read.
  std::uint32_t payload_left_ = 0;
  std::uint64_t messages_ = 0;
};

} // namespace rollcall
