#pragma once

#include "app/gateway/websocket.hpp"

#include <string>
#include <string_view>

namespace rollcall::test {

/// A frame as a client sends it: masked.
inline std::string client_frame(websocket::opcode kind,
                                std::string_view payload,
                                bool is_final = true) {
  constexpr std::string_view mask = "\x11\x22\x33\x44";
  auto frame = websocket::encode_header(kind, payload.size());
  if (!is_final)
    frame[0] = static_cast<char>(frame[0] & 0x7f);
  frame[1] = static_cast<char>(frame[1] | 0x80);
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame += static_cast<char>(payload[i] ^ mask[i % mask.size()]);
  return frame;
}

} // namespace rollcall::test
