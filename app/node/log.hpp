#pragma once

#include <rollcall/log.hpp>

#include <fmt/format.h>

#include <string_view>
#include <utility>

/// The node's log: one line an event, on standard error.
namespace rollcall::node {

inline constexpr std::string_view log_level_names[]
    = {"debug", "info", "warning", "error"};

/// Writes what the library logs too, from this level on. Call it before
/// anything else runs.
void start_log(log_level lowest);

[[nodiscard]] bool is_logged(log_level level) noexcept;

/// Writes one line with the time (UTC) and the level. What could end the line
/// or steer a terminal is replaced, since text may come from a client.
/// Threads: any; lines do not mix.
void write_log(log_level level, std::string_view component,
               std::string_view text);

/// Formats only what is written.
template <class... Ts>
void log_line(log_level level, fmt::format_string<Ts...> text, Ts&&... values) {
  if (is_logged(level))
    write_log(level, "rollcall.node",
              fmt::format(text, std::forward<Ts>(values)...));
}

} // namespace rollcall::node
