#include "app/examples/arena/database.hpp"

#include "app/examples/arena/postgres_database.hpp"
#include "app/examples/arena/sqlite_database.hpp"

namespace arena {

caf::error statement::run() {
  while (next())
    continue;
  auto result = problem();
  reset();
  return result;
}

caf::expected<database_ptr> database::open(const std::string& where) {
  return is_postgres(where) ? open_postgres(where) : open_sqlite(where);
}

} // namespace arena
