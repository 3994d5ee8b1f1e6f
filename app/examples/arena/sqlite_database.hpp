#pragma once

#include "app/examples/arena/database.hpp"

#include <caf/expected.hpp>

#include <string>

namespace arena {

/// Opens a file, and makes it if it is not there. Readers never wait, a writer
/// waits for the other writer.
[[nodiscard]] caf::expected<database_ptr> open_sqlite(const std::string& path);

} // namespace arena
