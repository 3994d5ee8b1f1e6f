#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace rollcall::node {

/// Reads a file whole. @returns nothing if it cannot be read, as a directory
/// cannot, or is larger than `bytes_max`, as a device without an end is.
[[nodiscard]] std::optional<std::string>
read_small_file(const std::string& path, std::size_t bytes_max);

} // namespace rollcall::node
