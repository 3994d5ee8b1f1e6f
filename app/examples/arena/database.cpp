#include "app/examples/arena/database.hpp"

#include <caf/make_message.hpp>
#include <caf/sec.hpp>

#include <sqlite3.h>

#include <cstddef>

namespace arena {

namespace {

/// How long a writer waits for another one.
constexpr int busy_ms_max = 5000;

constexpr const char* schema = R"(
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

} // namespace

void statement::closer::operator()(sqlite3_stmt* raw) const noexcept {
  ::sqlite3_finalize(raw);
}

statement& statement::bind(int parameter, std::string_view text) {
  ::sqlite3_bind_text(raw_.get(), parameter, text.data(),
                      static_cast<int>(text.size()), SQLITE_TRANSIENT);
  return *this;
}

statement& statement::bind(int parameter, std::int64_t number) {
  ::sqlite3_bind_int64(raw_.get(), parameter, number);
  return *this;
}

bool statement::next() {
  state_ = ::sqlite3_step(raw_.get());
  return state_ == SQLITE_ROW;
}

caf::error statement::run() {
  while (next())
    continue;
  auto result = problem();
  reset();
  return result;
}

void statement::reset() {
  ::sqlite3_reset(raw_.get());
  ::sqlite3_clear_bindings(raw_.get());
}

caf::error statement::problem() const {
  if (state_ == SQLITE_ROW || state_ == SQLITE_DONE)
    return {};
  return error_of(::sqlite3_db_handle(raw_.get()));
}

std::string_view statement::text(int column) const {
  const auto* bytes = ::sqlite3_column_text(raw_.get(), column);
  const auto size = ::sqlite3_column_bytes(raw_.get(), column);
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

std::int32_t statement::number(int column) const {
  return ::sqlite3_column_int(raw_.get(), column);
}

std::uint64_t statement::runs() const {
  return static_cast<std::uint64_t>(
      ::sqlite3_stmt_status(raw_.get(), SQLITE_STMTSTATUS_RUN, 0));
}

void database::closer::operator()(sqlite3* raw) const noexcept {
  // Statements that are still there keep it open until they end.
  ::sqlite3_close_v2(raw);
}

caf::expected<database> database::open(const std::string& path) {
  sqlite3* raw = nullptr;
  const auto state = ::sqlite3_open(path.c_str(), &raw);
  database result{raw}; // Also after an error, so that it is closed.
  if (state != SQLITE_OK)
    return error_of(raw);
  ::sqlite3_busy_timeout(raw, busy_ms_max);
  if (auto wrong = result.run(schema))
    return wrong;
  return result;
}

caf::error database::run(const char* sql) {
  if (::sqlite3_exec(raw_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    return error_of(raw_.get());
  return {};
}

caf::expected<statement> database::prepare(std::string_view sql) {
  sqlite3_stmt* made = nullptr;
  if (::sqlite3_prepare_v3(raw_.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &made, nullptr)
      != SQLITE_OK)
    return error_of(raw_.get());
  return statement{made};
}

int database::changes() const {
  return ::sqlite3_changes(raw_.get());
}

} // namespace arena
