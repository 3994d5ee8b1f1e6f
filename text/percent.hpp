#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rollcall {

/// Resolves the escapes of a URI, as `%41`.
/// @returns nothing if an escape is broken.
[[nodiscard]] std::optional<std::string> decode_percent(std::string_view text);

} // namespace rollcall
