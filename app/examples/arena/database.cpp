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

transaction::~transaction() {
  if (is_open_)
    static_cast<void>(on_.run("ROLLBACK"));
}

caf::error transaction::begin() {
  is_open_ = true;
  return on_.begin();
}

caf::error transaction::commit() {
  auto wrong = on_.run("COMMIT");
  is_open_ = static_cast<bool>(wrong);
  return wrong;
}

caf::expected<database_ptr> database::open(const std::string& where) {
  return is_postgres(where) ? open_postgres(where) : open_sqlite(where);
}

} // namespace arena
