#pragma once

#include <rollcall/log.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

/// The node's log: one line an event, on standard error.
///
/// A thread of its own writes the lines (`log_writer`), so nobody who logs ever
/// waits. Of a kind that repeats, a few lines a second are written
/// (`log_limiter`), and another line says how many were left out.
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

/// Says what the limit left out up to now, if no further line did. Call it from
/// time to time.
void tell_left_out_lines();

/// Says what was left out, and waits until all lines are written, but not
/// longer than `most`: who reads them may be gone.
void finish_log(std::chrono::milliseconds most);

/// Lines that were not written, by reason.
struct log_losses {
  std::uint64_t repeated = 0;   ///< Their kind had had its lines of the second.
  std::uint64_t queue_full = 0; ///< Standard error is read too slowly.
  std::uint64_t refused = 0;    ///< Standard error is closed, or its disk full.
};

[[nodiscard]] log_losses lost_log_lines();

/// Formats only what is written.
template <class... Ts>
void log_line(log_level level, fmt::format_string<Ts...> text, Ts&&... values) {
  if (is_logged(level))
    write_log(level, "rollcall.node",
              fmt::format(text, std::forward<Ts>(values)...));
}

} // namespace rollcall::node
