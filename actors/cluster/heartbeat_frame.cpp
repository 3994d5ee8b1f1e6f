#include "actors/cluster/heartbeat_frame.hpp"

#include "actors/cluster/basp_payload.hpp"
#include "crdt/wire/interval_wire.hpp"

#include <caf/io/basp/header.hpp>
#include <caf/message_id.hpp>

#include <algorithm>

namespace rollcall::heartbeat_frame {

namespace {

using caf::io::basp::message_type;

template <class T>
void append_big_endian(T value, std::string& to) {
  for (int shift = 8 * (static_cast<int>(sizeof(T)) - 1); shift >= 0;
       shift -= 8)
    to += static_cast<char>(value >> shift & 0xff);
}

/// As `caf::io::basp::header` travels, without flags.
std::string header(std::uint8_t operation, std::size_t payload_bytes,
                   std::uint64_t operation_data, std::uint64_t source,
                   std::uint64_t destination) {
  std::string result;
  result.reserve(caf::io::basp::header_size + payload_bytes);
  append_big_endian(std::uint32_t{operation} << 24, result);
  append_big_endian(static_cast<std::uint32_t>(payload_bytes), result);
  append_big_endian(operation_data, result);
  append_big_endian(source, result);
  append_big_endian(destination, result);
  return result;
}

} // namespace

bool fits(std::string_view packet) noexcept {
  constexpr auto kind = wire::packet_kind::heartbeat;
  return packet.size() >= 2 && packet.size() <= packet_bytes_max
         && static_cast<std::uint8_t>(packet[0]) == wire::format
         && static_cast<std::uint8_t>(packet[1])
                == static_cast<std::uint8_t>(kind);
}

std::string encode(std::string_view packet) {
  auto result = header(operation, packet.size(), 0, 0, 0);
  result += packet;
  return result;
}

void append_message(std::span<const std::byte> packet, std::uint64_t source,
                    std::uint64_t destination, std::vector<std::byte>& to) {
  const auto head = basp_payload::message_head(packet.size());
  const auto start
      = header(static_cast<std::uint8_t>(message_type::direct_message),
               head.size() + packet.size(), caf::message_id{}.integer_value(),
               source, destination);
  for (const auto& part : {start, head}) {
    const auto bytes = std::as_bytes(std::span{part});
    to.insert(to.end(), bytes.begin(), bytes.end());
  }
  to.insert(to.end(), packet.begin(), packet.end());
}

} // namespace rollcall::heartbeat_frame
