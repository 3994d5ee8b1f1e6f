#pragma once

#include <cstdint>

namespace rollcall::channels {

/// Codes of a close frame. 1000 is missing on purpose: clients that see it do
/// not come back.
enum class close_code : std::uint16_t {
  going_away = 1001,
  protocol_error = 1002,
  invalid_utf8 = 1007,
  policy = 1008,
  too_large = 1009,
  restart = 1012,
  unauthorized = 3000, ///< Registered with IANA: the token expired.
};

} // namespace rollcall::channels
