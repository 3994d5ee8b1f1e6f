#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace rollcall::conformance {

/// One of the ways in which a trace must come out the same.
struct variant {
  std::string name;
  std::size_t deaths_max = 65'536; ///< Bound of each set's write log.
  /// Intervals are cut in chunks of about so many bytes.
  std::size_t chunk_bytes_max = std::numeric_limits<std::size_t>::max();
  bool uses_wire = false; ///< Intervals are encoded and decoded on the way.
};

/// Every combination that is checked.
[[nodiscard]] const std::vector<variant>& variants();

/// Runs one trace in one way.
///
/// @returns what was wrong and on which line, or nothing if all was right.
/// Source: traces recorded from Phoenix.Tracker; README.md beside them tells
///         the format.
[[nodiscard]] std::optional<std::string>
replay(const std::filesystem::path& trace, const variant& how);

/// Runs one trace in every way. @returns the first problem.
[[nodiscard]] std::optional<std::string>
replay(const std::filesystem::path& trace);

} // namespace rollcall::conformance
