#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Heartbeats go past CAF: as frames of the link itself, between those of BASP
/// on the same connection. That spares CAF's work and its two threads on both
/// sides, which is most of what an idle cluster costs.
///
/// Nothing overtakes anything by that. The sender uses such a frame only when
/// CAF holds nothing for the peer (`link_traffic::is_outflow_done`), and the
/// receiver takes it out only when CAF has nothing of the peer to deal with;
/// else it turns it into the message that it would have been.
namespace rollcall::heartbeat_frame {

/// The header has the shape of BASP's: this operation, the length of the
/// payload, and zeros.
inline constexpr std::uint8_t operation = 0x48;

/// The longest packet in a frame: a receiver holds it until it is complete.
inline constexpr std::size_t packet_bytes_max = 16u << 10;

/// Whether a packet may go in a frame: it is a heartbeat, and not too long.
[[nodiscard]] bool fits(std::string_view packet) noexcept;

/// The frame of a packet.
[[nodiscard]] std::string encode(std::string_view packet);

/// Appends the BASP message in which `source`, an actor of the peer, would have
/// sent the packet to `destination`.
void append_message(std::span<const std::byte> packet, std::uint64_t source,
                    std::uint64_t destination, std::vector<std::byte>& to);

} // namespace rollcall::heartbeat_frame
