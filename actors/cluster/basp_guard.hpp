#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rollcall {

/// A CAF node id as it travels: implementation (8 bytes), process id (4), host
/// id (20). Also what a link calls its peer before CAF knows it.
using node_key = std::array<std::byte, 32>;

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

/// Stands between a peer's bytes and CAF's BASP broker, which trusts headers:
/// a handshake without payload crashes it and a length of 0xffffffff is
/// allocated at once. Lets pass the handshakes that a node sends, first, once,
/// in the peer's own name; then messages within bounds. Drops what a node of
/// a full mesh never needs: frames routed through a third node, and messages
/// to named actors other than the one that BASP itself asks.
///
/// Shape:   holds a header, and the handshake until it is complete.
/// Errors:  the verdict; after one that is not `good`, feed nothing more.
/// Threads: one owner at a time.
/// Source:  actor-framework 0.17, `libcaf_io/src/io/basp/header.cpp`.
class basp_guard {
public:
  basp_guard(link_side side, const node_key& peer, frame_limits limits);

  /// Takes received bytes and appends to `clean` those that CAF may see. Bytes
  /// of a header that is not complete, or not good, are kept back.
  [[nodiscard]] frame_verdict filter(std::span<const std::byte> bytes,
                                     std::vector<std::byte>& clean);

  /// Whether the handshake is complete and good.
  [[nodiscard]] bool has_handshake() const noexcept {
    return handshakes_ > 0;
  }

  /// Frames that were well formed and left out.
  [[nodiscard]] std::uint64_t dropped() const noexcept {
    return dropped_;
  }

private:
  static constexpr std::size_t header_bytes = 32;

  enum class route : std::uint8_t { pass, hold, drop };

  std::size_t take_header(std::span<const std::byte> bytes);
  std::size_t take_payload(std::span<const std::byte> bytes,
                           std::vector<std::byte>& clean);
  frame_verdict begin_frame(std::vector<std::byte>& clean);
  frame_verdict end_frame(std::vector<std::byte>& clean);

  link_side side_;
  node_key peer_;
  frame_limits limits_;
  std::array<std::byte, header_bytes> header_{};
  std::size_t header_size_ = 0;
  std::uint32_t payload_left_ = 0;
  route route_ = route::pass;
  std::vector<std::byte> held_;
  int handshakes_ = 0; ///< Complete ones; two or more: no other may follow.
  std::uint64_t dropped_ = 0;
};

} // namespace rollcall
