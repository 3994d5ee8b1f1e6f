#pragma once

#include <caf/error.hpp>

#include <chrono>
#include <cstddef>
#include <string_view>

/// What a request may hold: checked once, in the caller's thread.
namespace rollcall {

/// Errors: `invalid_topic`.
[[nodiscard]] caf::error check_topic(std::string_view topic);

/// Errors: `invalid_key`.
[[nodiscard]] caf::error check_key(std::string_view key);

/// Errors: `too_large`, `invalid_meta`.
[[nodiscard]] caf::error check_meta(std::string_view meta,
                                    std::size_t bytes_max);

/// Whether it is one JSON value, nested no deeper.
[[nodiscard]] bool is_json(std::string_view text, std::size_t depth_max);

/// How often a watcher wants to be told. Errors: `invalid_config`.
[[nodiscard]] caf::error check_interval(std::chrono::milliseconds interval);

/// Errors: `invalid_config`.
[[nodiscard]] caf::error check_node_name(std::string_view name);

} // namespace rollcall
