#include "app/examples/arena/sqlite_database.hpp"

#include <caf/make_message.hpp>
#include <caf/sec.hpp>

#include <sqlite3.h>

#include <cstddef>
#include <utility>

namespace arena {

namespace {

/// How long a writer waits for another one.
constexpr int busy_ms_max = 5000;

constexpr const char* sqlite_schema = R"(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS player(
    name TEXT PRIMARY KEY,
    rating INTEGER NOT NULL,
    wins INTEGER NOT NULL DEFAULT 0,
    losses INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS friendship(
    name TEXT NOT NULL,
    other TEXT NOT NULL,
    PRIMARY KEY(name, other)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS played(
    match TEXT PRIMARY KEY,
    winner TEXT NOT NULL,
    loser TEXT NOT NULL) WITHOUT ROWID;)";

caf::error error_of(sqlite3* raw) {
  return caf::make_error(caf::sec::runtime_error,
                         std::string{::sqlite3_errmsg(raw)});
}

class sqlite_statement final : public statement {
public:
  explicit sqlite_statement(sqlite3_stmt* raw) noexcept : raw_{raw} {
  }

  statement& bind(int parameter, std::string_view text) override {
    ::sqlite3_bind_text(raw_.get(), parameter, text.data(),
                        static_cast<int>(text.size()), SQLITE_TRANSIENT);
    return *this;
  }

  statement& bind(int parameter, std::int64_t number) override {
    ::sqlite3_bind_int64(raw_.get(), parameter, number);
    return *this;
  }

  bool next() override {
    state_ = ::sqlite3_step(raw_.get());
    return state_ == SQLITE_ROW;
  }

  void reset() override {
    ::sqlite3_reset(raw_.get());
    ::sqlite3_clear_bindings(raw_.get());
  }

  [[nodiscard]] caf::error problem() const override {
    if (state_ == SQLITE_ROW || state_ == SQLITE_DONE)
      return {};
    return error_of(::sqlite3_db_handle(raw_.get()));
  }

  [[nodiscard]] std::string_view text(int column) const override {
    const auto* bytes = ::sqlite3_column_text(raw_.get(), column);
    const auto size = ::sqlite3_column_bytes(raw_.get(), column);
    return {reinterpret_cast<const char*>(bytes),
            static_cast<std::size_t>(size)};
  }

  [[nodiscard]] std::int32_t number(int column) const override {
    return ::sqlite3_column_int(raw_.get(), column);
  }

  [[nodiscard]] std::uint64_t runs() const override {
    return static_cast<std::uint64_t>(
        ::sqlite3_stmt_status(raw_.get(), SQLITE_STMTSTATUS_RUN, 0));
  }

private:
  struct closer {
    void operator()(sqlite3_stmt* raw) const noexcept {
      ::sqlite3_finalize(raw);
    }
  };

  std::unique_ptr<sqlite3_stmt, closer> raw_;
  int state_ = 0; ///< What SQLite answered last.
};

class sqlite_database final : public database {
public:
  explicit sqlite_database(sqlite3* raw) noexcept : raw_{raw} {
  }

  caf::error run(const char* sql) override {
    if (::sqlite3_exec(raw_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
      return error_of(raw_.get());
    return {};
  }

  caf::expected<statement_ptr> prepare(const std::string& sql) override {
    sqlite3_stmt* made = nullptr;
    if (::sqlite3_prepare_v3(raw_.get(), sql.data(),
                             static_cast<int>(sql.size()),
                             SQLITE_PREPARE_PERSISTENT, &made, nullptr)
        != SQLITE_OK)
      return error_of(raw_.get());
    return statement_ptr{std::make_unique<sqlite_statement>(made)};
  }

  caf::error begin() override {
    return run("BEGIN IMMEDIATE");
  }

  [[nodiscard]] int changes() const override {
    return ::sqlite3_changes(raw_.get());
  }

  [[nodiscard]] const char* each_of_parameter() const noexcept override {
    return "SELECT value FROM json_each($1)";
  }

private:
  struct closer {
    void operator()(sqlite3* raw) const noexcept {
      // Statements that are still there keep it open until they end.
      ::sqlite3_close_v2(raw);
    }
  };

  std::unique_ptr<sqlite3, closer> raw_;
};

} // namespace

caf::expected<database_ptr> open_sqlite(const std::string& path) {
  sqlite3* raw = nullptr;
  const auto state = ::sqlite3_open(path.c_str(), &raw);
  auto result = std::make_unique<sqlite_database>(raw); // To be closed anyway.
  if (state != SQLITE_OK)
    return error_of(raw);
  ::sqlite3_busy_timeout(raw, busy_ms_max);
  if (auto wrong = result->run(sqlite_schema))
    return wrong;
  return database_ptr{std::move(result)};
}

} // namespace arena
