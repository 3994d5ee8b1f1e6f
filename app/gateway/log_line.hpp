#pragma once

#include <rollcall/log.hpp>

#include <fmt/format.h>

#include <utility>

namespace rollcall {

/// Writes one line of the gateway's, which ends with `key=value` pairs.
/// Whoever set the sink replaces control characters: text may be a client's.
template <class... Ts>
void gateway_log(log_level level, fmt::format_string<Ts...> text,
                 Ts&&... values) {
  log(level, "rollcall.gateway",
      fmt::format(text, std::forward<Ts>(values)...));
}

} // namespace rollcall
