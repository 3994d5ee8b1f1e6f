#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace rollcall::conformance {

/// Runs one trace.
///
/// @returns what was wrong and on which line, or nothing if all was right.
/// Source: traces recorded from Phoenix.Tracker; README.md beside them tells
///         the format.
[[nodiscard]] std::optional<std::string>
replay(const std::filesystem::path& trace);

} // namespace rollcall::conformance
