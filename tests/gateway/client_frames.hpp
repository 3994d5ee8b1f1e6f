#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::test {

enum class opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  close = 8,
  ping = 9,
  pong = 10,
};

/// A frame as a client sends it: masked. Of at most 125 bytes, or of at most
/// 65535.
inline std::string client_frame(opcode kind, std::string_view payload,
                                bool is_final = true) {
  constexpr std::string_view mask = "\x11\x22\x33\x44";
  std::string frame;
  frame += static_cast<char>((is_final ? 0x80 : 0) | static_cast<int>(kind));
  if (payload.size() <= 125) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size() & 0xff);
  }
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame += static_cast<char>(payload[i] ^ mask[i % mask.size()]);
  return frame;
}

} // namespace rollcall::test
