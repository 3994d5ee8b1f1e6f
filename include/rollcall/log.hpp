#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace rollcall {

/// How severe a line is.
enum class log_level : std::uint8_t { debug, info, warning, error };

/// Takes one line, without control characters. `component` names the part, as
/// "rollcall.shard". Threads: any, several at once.
using log_function = std::function<void(
    log_level level, std::string_view component, std::string_view text)>;

/// Where the library's lines go; before the first call, warnings and errors
/// go to stderr. An empty function restores that.
///
/// A sink that throws loses the line, which `log_failures` counts.
/// Threads: any, at any time. A thread that is writing a line may still call
/// the former sink for a moment.
void set_log(log_function sink);

/// How many lines were lost because the sink threw.
[[nodiscard]] std::uint64_t log_failures() noexcept;

/// `text` with its control characters, line ends included, as `?`: what others
/// named or sent cannot forge a line or move a terminal's cursor.
[[nodiscard]] std::string one_line(std::string_view text);

/// Writes `text` as one line.
void log(log_level level, std::string_view component, std::string_view text);

} // namespace rollcall
