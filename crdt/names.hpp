#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// The form of the names that Rollcall takes from others: topics, keys, nodes.
namespace rollcall::crdt {

/// Whether the bytes are well-formed UTF-8 without zero bytes.
[[nodiscard]] bool is_text(std::string_view bytes) noexcept;

/// Checks a name that may have 1 to `bytes_max` bytes of UTF-8. `label` says
/// what it names.
///
/// @returns what is wrong with it, in words; empty if nothing is.
[[nodiscard]] std::string name_problem(std::string_view name,
                                       std::size_t bytes_max,
                                       std::string_view label);

[[nodiscard]] bool is_good_topic(std::string_view topic) noexcept;
[[nodiscard]] bool is_good_key(std::string_view key) noexcept;
[[nodiscard]] bool is_good_node_name(std::string_view name) noexcept;

} // namespace rollcall::crdt
