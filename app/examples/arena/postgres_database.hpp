#pragma once

#include "app/examples/arena/database.hpp"

#include <caf/expected.hpp>

#include <string>
#include <string_view>

namespace arena {

/// Whether a setting names a database of PostgreSQL.
[[nodiscard]] inline bool is_postgres(std::string_view where) noexcept {
  return where.starts_with("postgresql:") || where.starts_with("postgres:");
}

/// Connects to a server. A connection that is lost is made anew when it is
/// needed next; what was under way then is an error.
///
/// Errors: also if the arena was built without libpq.
[[nodiscard]] caf::expected<database_ptr> open_postgres(const std::string& uri);

} // namespace arena
