#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <utility>

/// The node's own log: one line an event, on standard error.
namespace rollcall::node {

/// From the most to the least talkative.
enum class log_level : std::uint8_t { debug, info, warning, error };

inline constexpr std::string_view log_level_names[]
  = {"debug", "info", "warning", "error"};

/// What is less severe is not written. Threads: any.
void set_log_level(log_level lowest) noexcept;

[[nodiscard]] bool is_logged(log_level level) noexcept;

/// Writes one line with the time (UTC) and the level. Threads: any; lines do
/// not mix.
void write_log(log_level level, std::string_view text);

template <class... Ts>
void log(log_level level, fmt::format_string<Ts...> text, Ts&&... values) {
  if (is_logged(level))
    write_log(level, fmt::format(text, std::forward<Ts>(values)...));
}

} // namespace rollcall::node
