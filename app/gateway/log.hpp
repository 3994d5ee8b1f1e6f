#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <utility>

/// One line a record, to stderr: `time level component message`. The message
/// ends with `key=value` pairs.
namespace rollcall::log {

enum class level : std::uint8_t { debug, info, warning, error, off };

/// Records below `least` are dropped. Threads: any.
void set_level(level least) noexcept;

[[nodiscard]] bool is_enabled(level what) noexcept;

/// Writes one record; control characters of the message are replaced, so that
/// nobody can forge a line.
void write(level what, std::string_view component, std::string_view message);

template <class... Ts>
void record(level what, std::string_view component,
            fmt::format_string<Ts...> text, Ts&&... values) {
  if (is_enabled(what))
    write(what, component, fmt::format(text, std::forward<Ts>(values)...));
}

} // namespace rollcall::log
