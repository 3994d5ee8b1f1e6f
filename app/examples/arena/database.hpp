#pragma once

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace arena {

/// A prepared statement of SQLite.
///
/// Threads: one at a time, and one at a time of the whole `database`.
class statement {
public:
  explicit statement(sqlite3_stmt* raw) noexcept : raw_{raw} {
  }

  /// Begins anew; parameters count from 1.
  statement& bind(int parameter, std::string_view text);
  statement& bind(int parameter, std::int64_t number);

  /// Goes to the next row. @returns whether there is one; false also after an
  /// error, which `problem` then tells.
  [[nodiscard]] bool next();

  /// Runs it to its end, without rows.
  [[nodiscard]] caf::error run();

  /// Makes it ready to be bound and run again, and drops what was bound.
  void reset();

  /// What went wrong in the last `next`; none if nothing did.
  [[nodiscard]] caf::error problem() const;

  /// Columns of the current row count from 0. The text is valid until the next
  /// call.
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::int32_t number(int column) const;

  /// How often it has run, as the database itself counts.
  [[nodiscard]] std::uint64_t runs() const;

private:
  struct closer {
    void operator()(sqlite3_stmt* raw) const noexcept;
  };

  std::unique_ptr<sqlite3_stmt, closer> raw_;
  int state_ = 0; ///< What SQLite answered last.
};

/// A connection to a file of SQLite. Several connections, of several
/// processes, share a file: readers never wait, a writer waits for the other
/// writer.
///
/// Errors: `caf::sec::runtime_error` with what SQLite says.
class database {
public:
  /// Opens the file, and makes it and its tables if they are not there.
  [[nodiscard]] static caf::expected<database> open(const std::string& path);

  /// Runs statements without parameters or rows.
  [[nodiscard]] caf::error run(const char* sql);

  [[nodiscard]] caf::expected<statement> prepare(std::string_view sql);

  /// How many rows the last statement changed.
  [[nodiscard]] int changes() const;

private:
  struct closer {
    void operator()(sqlite3* raw) const noexcept;
  };

  explicit database(sqlite3* raw) noexcept : raw_{raw} {
  }

  std::unique_ptr<sqlite3, closer> raw_;
};

} // namespace arena
