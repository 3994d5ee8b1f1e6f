#pragma once

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace arena {

/// A prepared statement. Its parameters are `$1`, `$2`, ... in the order in
/// which they first stand in it.
///
/// Threads: one at a time, and one at a time of the whole `database`.
class statement {
public:
  virtual ~statement() = default;

  /// Sets a parameter.
  virtual statement& bind(int parameter, std::string_view text) = 0;
  virtual statement& bind(int parameter, std::int64_t number) = 0;

  /// Goes to the next row. @returns whether there is one; false also after an
  /// error, which `problem` then tells.
  [[nodiscard]] virtual bool next() = 0;

  /// Makes it ready to be bound and run again, and drops what was bound.
  virtual void reset() = 0;

  /// What went wrong in the last `next`; none if nothing did.
  [[nodiscard]] virtual caf::error problem() const = 0;

  /// Columns of the current row count from 0. The text is valid until the next
  /// call.
  [[nodiscard]] virtual std::string_view text(int column) const = 0;
  [[nodiscard]] virtual std::int32_t number(int column) const = 0;

  /// How often it has run: as SQLite itself counts, or as PostgreSQL was asked.
  [[nodiscard]] virtual std::uint64_t runs() const = 0;

  /// Runs it to its end, without rows.
  [[nodiscard]] caf::error run();
};

using statement_ptr = std::unique_ptr<statement>;

/// A connection to a database with the arena's tables. Several connections, of
/// several processes, share one database.
///
/// Errors: `caf::sec::runtime_error` with what the database says.
class database {
public:
  virtual ~database() = default;

  /// Opens a database, and makes its tables if they are not there.
  ///
  /// @param where a URI `postgresql://...`, or the file of SQLite, which is
  ///        made if it is not there.
  [[nodiscard]] static caf::expected<std::unique_ptr<database>>
  open(const std::string& where);

  /// Runs a statement without parameters or rows.
  [[nodiscard]] virtual caf::error run(const char* sql) = 0;

  [[nodiscard]] virtual caf::expected<statement_ptr>
  prepare(const std::string& sql) = 0;

  /// Begins a transaction that is the only writer from now on, so that what it
  /// reads is what it changes. `COMMIT` or `ROLLBACK` ends it.
  [[nodiscard]] virtual caf::error begin() = 0;

  /// How many rows the last statement changed.
  [[nodiscard]] virtual int changes() const = 0;

  /// SQL for the rows of one parameter that is a JSON array of texts.
  [[nodiscard]] virtual const char* each_of_parameter() const noexcept = 0;
};

using database_ptr = std::unique_ptr<database>;

/// A transaction that is rolled back when this goes, unless it was committed. A
/// `begin` that fails may have begun one all the same, in which PostgreSQL
/// would refuse every later statement.
class transaction {
public:
  explicit transaction(database& on) noexcept : on_{on} {
  }
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction();

  /// As `database::begin`.
  [[nodiscard]] caf::error begin();

  [[nodiscard]] caf::error commit();

private:
  database& on_;
  bool is_open_ = false;
};

} // namespace arena
