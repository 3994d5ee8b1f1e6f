#pragma once

#include "app/node/auth.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace rollcall::node {

/// Checks the claims of a token whose signature is valid.
/// @returns who it is, or why the token is refused.
[[nodiscard]] std::variant<identity, std::string>
check_claims(std::string_view json, const auth_settings& settings,
             std::int64_t now_s);

} // namespace rollcall::node
