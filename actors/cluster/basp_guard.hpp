#pragma once

#include "actors/cluster/basp_payload.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

/// Which end of a TCP connection this node is.
enum class link_side : std::uint8_t {
  accepted, ///< The peer connected to us.
  dialed,   ///< We connected to the peer.
};

/// What a frame guard thinks of the bytes so far.
enum class frame_verdict : std::uint8_t {
  good,      ///< Go on.
  malformed, ///< CAF must not see this: close the link.
  too_large, ///< A length above its bound: close the link.
  imposter,  ///< A handshake in the name of another node: close the link.
};

[[nodiscard]] std::string_view to_string(frame_verdict verdict) noexcept;

/// Bounds of one BASP connection.
struct frame_limits {
  /// Payload of one message, in bytes.
  std::uint32_t message_bytes_max = 8u << 20;
  /// Payload of a handshake, a monitor or a down frame, in bytes.
  std::uint32_t control_bytes_max = 16u << 10;
};

/// Stands between a peer's bytes and CAF's BASP broker, which trusts both
/// headers and payloads: a handshake without payload crashes it, a length of
/// 0xffffffff is allocated at once, and a message may name any type. Lets pass,
/// by list, what a node of ours sends: the handshakes, first, once, in the
/// peer's own name; monitors of the published actor; ends of the peer's actors;
/// and messages with one `wire_frame` from one actor of the peer to the
/// published one. Takes out heartbeats that travel as frames of the link, or
/// makes messages of them for CAF. Drops what nodes send and nobody needs:
/// BASP's question for a spawn server, frames routed through a third node,
/// messages to other actors. Closes on the rest.
///
/// Shape:   holds a header, and up to `control_bytes_max` of a payload until it
///          is judged. The text of a message is not held: all that CAF is told
///          about it stands in front.
/// Errors:  the verdict; after one that is not `good`, feed nothing more.
/// Threads: one owner at a time.
/// Source:  actor-framework 0.17, `libcaf_io/src/io/basp/header.cpp`.
class basp_guard {
public:
  basp_guard(link_side side, const basp_ends& ends, frame_limits limits);

  /// Takes received bytes and appends to `clean` those that CAF may see. Bytes
  /// of a header that is not complete, or not good, are kept back.
  ///
  /// Heartbeats of the link are appended to `heartbeats` if that is given and
  /// no message of these bytes stands before them; else they are messages in
  /// `clean`, so that they come where they stood.
  [[nodiscard]] frame_verdict
  filter(std::span<const std::byte> bytes, std::vector<std::byte>& clean,
         std::vector<std::string>* heartbeats = nullptr);

  /// Whether the handshake is complete and good.
  [[nodiscard]] bool has_handshake() const noexcept {
    return handshakes_ > 0;
  }

  /// Bytes of text in the messages and heartbeats that passed, and how many
  /// those were.
  [[nodiscard]] std::uint64_t text_bytes() const noexcept {
    return text_bytes_;
  }
  [[nodiscard]] std::uint64_t messages() const noexcept {
    return messages_;
  }

  /// Frames that were well formed and left out, but for those that every node
  /// sends.
  [[nodiscard]] std::uint64_t dropped() const noexcept {
    return dropped_;
  }

private:
  static constexpr std::size_t header_bytes = 32;

  enum class route : std::uint8_t {
    pass, ///< To CAF as it comes.
    head, ///< A message whose first bytes are to be judged.
    hold, ///< To be judged as a whole.
    drop,
  };

  std::size_t take_header(std::span<const std::byte> bytes);
  std::size_t take_payload(std::span<const std::byte> bytes,
                           std::vector<std::byte>& clean);
  frame_verdict begin_frame(std::vector<std::byte>& clean);
  frame_verdict judge_head(std::vector<std::byte>& clean);
  frame_verdict end_frame(std::vector<std::byte>& clean);
  [[nodiscard]] frame_verdict judge_held();
  void pass_held(std::vector<std::byte>& clean);
  void take_heartbeat(std::vector<std::byte>& clean);

  link_side side_;
  basp_ends ends_;
  frame_limits limits_;
  std::array<std::byte, header_bytes> header_{};
  std::size_t header_size_ = 0;
  std::uint32_t payload_left_ = 0;
  route route_ = route::pass;
  std::vector<std::byte> held_;
  int handshakes_ = 0; ///< Complete ones; two or more: no other may follow.
  std::uint64_t speaker_ = 0; ///< The peer's actor; none before it spoke.
  std::uint64_t dropped_ = 0;
  std::uint64_t text_bytes_ = 0;
  std::uint64_t messages_ = 0;
  std::vector<std::string>* heartbeats_ = nullptr; ///< Of the call at hand.
};

} // namespace rollcall
