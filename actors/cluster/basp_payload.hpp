#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace rollcall {

/// A CAF node id as it travels: implementation (8 bytes), process id (4), host
/// id (20). Also what a link calls its peer before CAF knows it.
using node_key = std::array<std::byte, 32>;

/// Who may say what to whom on one link.
struct basp_ends {
  node_key self{};             ///< This node.
  node_key peer{};             ///< Who said hello at the other end.
  std::uint64_t published = 0; ///< The one actor that a peer may reach.
};

/// The payloads that nodes of ours send inside BASP frames, byte by byte, so
/// that CAF never deserialises anything else: its format carries type names,
/// nests without bound, and some types allocate what a length in it says.
///
/// Source: actor-framework 0.17.6, `libcaf_io/src/io/basp/instance.cpp`
///         (`write_*`), `libcaf_core/src/binary_serializer.cpp`.
namespace basp_payload {

using bytes = std::span<const std::byte>;

inline constexpr std::size_t client_handshake_bytes = 32;
inline constexpr std::size_t monitor_bytes = 64;

/// Both nodes, an error code with its category, and an empty message.
inline constexpr std::size_t down_bytes = 79;

/// The fixed part of a message before the content of its `wire_frame`, with
/// the longest length.
extern const std::size_t frame_head_bytes_max;

/// What stands in a message before the text of its `wire_frame`.
[[nodiscard]] std::string message_head(std::size_t text_bytes);

/// What a server says of itself: its node, application ids, the actor that it
/// publishes, and that the actor has no typed interface. @returns the actor.
[[nodiscard]] std::optional<std::uint64_t> published_by(bytes payload);

/// Whether a peer asks to hear of the end of an actor of this node.
[[nodiscard]] bool is_monitor(bytes payload, const basp_ends& ends);

/// Whether a peer says that an actor of its own has ended.
[[nodiscard]] bool is_down(bytes payload, const basp_ends& ends);

enum class head_state : std::uint8_t { good, incomplete, bad };

struct head {
  head_state state;
  std::uint64_t text_bytes = 0; ///< Of the `wire_frame`, if good.
};

/// Judges the first bytes of a message of `payload_bytes`: no stages, one
/// element, that a `wire_frame`, and its text the whole rest.
[[nodiscard]] head check_frame_head(bytes start, std::size_t payload_bytes);

} // namespace basp_payload

} // namespace rollcall
