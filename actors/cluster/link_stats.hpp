#pragma once

#include <atomic>
#include <cstdint>

namespace rollcall {

/// What went over one link. May be read by any thread. Two differences say what
/// waits on this node in CAF, whose buffers have no bound: of what the peer
/// sent, `handed` less `taken`; of what is for the peer, `sent` less `passed`.
struct link_traffic {
  /// Bytes on the network, without TLS's own.
  ///@{
  std::atomic<std::uint64_t> bytes_in{0};
  std::atomic<std::uint64_t> bytes_out{0};
  ///@}

  /// What a message costs this node besides its text, about.
  static constexpr std::uint64_t message_bytes = 256;

  /// Text of the messages of the peer that went to CAF, with `message_bytes`
  /// each.
  std::atomic<std::uint64_t> handed{0};

  /// As much of it as this node has dealt with: the reader of the messages
  /// says so, if the links are bounded by `inflow_bytes_max`.
  mutable std::atomic<std::uint64_t> taken{0};

  /// Messages for the peer: whoever sends one counts it first.
  mutable std::atomic<std::uint64_t> sent{0};

  /// As many of them as the link has put into the row of bytes to the peer.
  std::atomic<std::uint64_t> passed{0};

  /// Whether CAF holds nothing of the peer: what the link hands to this node
  /// itself overtakes nothing.
  [[nodiscard]] bool is_inflow_done() const noexcept {
    return taken == handed;
  }

  /// Whether CAF holds nothing for the peer: what is given to the link itself
  /// overtakes nothing.
  [[nodiscard]] bool is_outflow_done() const noexcept {
    return passed == sent;
  }
};

/// Why a connection ended before it was a link, or a link by fault of its peer.
enum class link_reject : std::uint8_t {
  tls,       ///< No certificate, or one that the authority did not sign.
  plaintext, ///< The peer speaks no TLS, or we may not without.
  timeout,   ///< The handshakes took too long.
  hello,     ///< Not a Rollcall node, or of another version.
  refused,   ///< Duplicate, full, or ourselves.
  bad_frame, ///< Bytes that are not BASP.
  too_large, ///< A frame above its bound.
  crowded,   ///< Too many handshakes at a time or from one address.
  count_,    ///< Not a reason. Keep last.
};

inline constexpr auto link_reject_count
    = static_cast<std::size_t>(link_reject::count_);

/// Counters of all links of a node since its start, except where noted.
struct link_stats {
  std::uint64_t accepted = 0;       ///< TCP connections.
  std::uint64_t accept_errors = 0;  ///< Refused by the system, as in EMFILE.
  std::uint64_t links_opened = 0;   ///< Handshakes completed.
  std::uint64_t links_open = 0;     ///< Now.
  std::uint64_t handshakes = 0;     ///< Accepted, not complete, now.
  std::uint64_t dials = 0;          ///< Connects under way, now.
  std::uint64_t stalled = 0;        ///< Closed by the stall timeout.
  std::uint64_t frames_dropped = 0; ///< Well formed, but unwanted.
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t rejected[link_reject_count] = {}; ///< By `link_reject`.

  [[nodiscard]] std::uint64_t rejected_for(link_reject reason) const {
    return rejected[static_cast<std::size_t>(reason)];
  }
};

} // namespace rollcall
