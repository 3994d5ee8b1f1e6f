#include "app/examples/arena/postgres_database.hpp"

#include <caf/make_message.hpp>
#include <caf/sec.hpp>

#include <fmt/format.h>
#include <libpq-fe.h>

#include <charconv>
#include <cstddef>
#include <utility>
#include <vector>

namespace arena {

namespace {

/// Two nodes that start at once must not make the tables at once.
constexpr const char* postgres_schema = R"(
  BEGIN;
  SELECT pg_advisory_xact_lock(4711);
  CREATE TABLE IF NOT EXISTS player(
    name TEXT PRIMARY KEY,
    rating INTEGER NOT NULL,
    wins INTEGER NOT NULL DEFAULT 0,
    losses INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE IF NOT EXISTS friendship(
    name TEXT NOT NULL,
    other TEXT NOT NULL,
    PRIMARY KEY(name, other));
  CREATE TABLE IF NOT EXISTS played(
    match TEXT PRIMARY KEY,
    winner TEXT NOT NULL,
    loser TEXT NOT NULL);
  COMMIT;)";

struct result_closer {
  void operator()(PGresult* raw) const noexcept {
    ::PQclear(raw);
  }
};

using result_ptr = std::unique_ptr<PGresult, result_closer>;

/// What all statements of a connection share.
class connection {
public:
  explicit connection(PGconn* raw) noexcept : raw_{raw} {
  }

  [[nodiscard]] PGconn* raw() const noexcept {
    return raw_.get();
  }

  [[nodiscard]] bool is_open() const noexcept {
    return ::PQstatus(raw_.get()) == CONNECTION_OK;
  }

  /// Makes a lost connection anew. What was prepared on it is gone.
  void revive() {
    if (is_open())
      return;
    ::PQreset(raw_.get());
    ++revivals_;
  }

  [[nodiscard]] unsigned revivals() const noexcept {
    return revivals_;
  }

  [[nodiscard]] caf::error problem() const {
    return caf::make_error(caf::sec::runtime_error,
                           std::string{::PQerrorMessage(raw_.get())});
  }

  /// @returns what is wrong with an answer.
  caf::error take(result_ptr answer) {
    last_ = std::move(answer);
    const auto status = ::PQresultStatus(last_.get());
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
               ? caf::error{}
               : problem();
  }

  [[nodiscard]] const PGresult* last() const noexcept {
    return last_.get();
  }

  [[nodiscard]] int changes() const {
    const std::string_view text{::PQcmdTuples(last_.get())};
    int result = 0;
    std::from_chars(text.data(), text.data() + text.size(), result);
    return result;
  }

private:
  struct closer {
    void operator()(PGconn* raw) const noexcept {
      ::PQfinish(raw);
    }
  };

  std::unique_ptr<PGconn, closer> raw_;
  result_ptr last_;       ///< Of the statement that ran last.
  unsigned revivals_ = 0; ///< How often it was made anew.
};

class postgres_statement final : public statement {
public:
  postgres_statement(std::shared_ptr<connection> to, std::string name,
                     std::string sql)
      : to_{std::move(to)},
        name_{std::move(name)},
        sql_{std::move(sql)} {
  }

  caf::error prepare() {
    revivals_ = to_->revivals();
    return to_->take(result_ptr{
        ::PQprepare(to_->raw(), name_.c_str(), sql_.c_str(), 0, nullptr)});
  }

  statement& bind(int parameter, std::string_view text) override {
    const auto index = static_cast<std::size_t>(parameter);
    if (parameters_.size() < index)
      parameters_.resize(index);
    parameters_[index - 1] = text;
    return *this;
  }

  statement& bind(int parameter, std::int64_t number) override {
    return bind(parameter, std::string_view{fmt::to_string(number)});
  }

  bool next() override {
    if (row_ < 0)
      problem_ = start();
    return !problem_ && ++row_ < ::PQntuples(to_->last());
  }

  void reset() override {
    row_ = -1;
    parameters_.clear();
  }

  [[nodiscard]] caf::error problem() const override {
    return problem_;
  }

  [[nodiscard]] std::string_view text(int column) const override {
    return {::PQgetvalue(to_->last(), row_, column),
            static_cast<std::size_t>(::PQgetlength(to_->last(), row_, column))};
  }

  [[nodiscard]] std::int32_t number(int column) const override {
    const auto digits = text(column);
    std::int32_t result = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), result);
    return result;
  }

  [[nodiscard]] std::uint64_t runs() const override {
    return runs_;
  }

private:
  caf::error start() {
    to_->revive();
    if (revivals_ != to_->revivals())
      if (auto wrong = prepare())
        return wrong;
    std::vector<const char*> values;
    for (const auto& parameter : parameters_)
      values.push_back(parameter.c_str());
    ++runs_;
    return to_->take(result_ptr{::PQexecPrepared(
        to_->raw(), name_.c_str(), static_cast<int>(values.size()),
        values.data(), nullptr, nullptr, 0)});
  }

  std::shared_ptr<connection> to_;
  std::string name_;
  std::string sql_;
  std::vector<std::string> parameters_;
  caf::error problem_;
  int row_ = -1;          ///< -1: it has not run.
  unsigned revivals_ = 0; ///< Of the connection, when it was prepared.
  std::uint64_t runs_ = 0;
};

class postgres_database final : public database {
public:
  explicit postgres_database(std::shared_ptr<connection> to)
      : to_{std::move(to)} {
  }

  caf::error run(const char* sql) override {
    to_->revive();
    return to_->take(result_ptr{::PQexec(to_->raw(), sql)});
  }

  caf::expected<statement_ptr> prepare(const std::string& sql) override {
    auto made = std::make_unique<postgres_statement>(
        to_, fmt::format("s{}", ++statements_), sql);
    if (auto wrong = made->prepare())
      return wrong;
    return statement_ptr{std::move(made)};
  }

  /// One writer at a time, as SQLite has it. Readers do not wait.
  caf::error begin() override {
    return run("BEGIN; LOCK TABLE player IN SHARE ROW EXCLUSIVE MODE");
  }

  [[nodiscard]] int changes() const override {
    return to_->changes();
  }

  [[nodiscard]] const char* each_of_parameter() const noexcept override {
    return "SELECT json_array_elements_text($1::json)";
  }

private:
  std::shared_ptr<connection> to_;
  unsigned statements_ = 0;
};

} // namespace

caf::expected<database_ptr> open_postgres(const std::string& uri) {
  auto to = std::make_shared<connection>(::PQconnectdb(uri.c_str()));
  if (!to->is_open())
    return to->problem();
  // That a table is there already is no news.
  ::PQsetNoticeProcessor(
      to->raw(), [](void*, const char*) {}, nullptr);
  auto result = std::make_unique<postgres_database>(std::move(to));
  if (auto wrong = result->run(postgres_schema))
    return wrong;
  return database_ptr{std::move(result)};
}

} // namespace arena
