#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rollcall::node {

/// The first key that a config file sets twice, as `section.key`; empty if
/// there is none. CAF's parser lets the last one win without a word.
[[nodiscard]] std::optional<std::string>
find_duplicate_key(std::string_view file);

} // namespace rollcall::node
