// In the place of PostgreSQL, where libpq is not there.
#include "app/examples/arena/postgres_database.hpp"

#include <caf/error.hpp>
#include <caf/make_message.hpp>
#include <caf/sec.hpp>

namespace arena {

caf::expected<database_ptr> open_postgres(const std::string&) {
  return caf::make_error(caf::sec::runtime_error,
                         std::string{"the arena was built without PostgreSQL: "
                                     "it needs libpq-dev"});
}

} // namespace arena
