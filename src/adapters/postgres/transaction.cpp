// Statements of one transaction, and their rows.
#include "adapters/postgres/transaction.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include "adapters/postgres/bulk_write.hpp"

namespace stocktracker::inline v0::postgres {
namespace {

thread_local bool inside_body = false;

constexpr Oid kBytea = 17;

struct FreeMemory {
  void operator()(unsigned char* bytes) const noexcept { PQfreemem(bytes); }
};

std::string_view first_word(std::string_view sql) noexcept { return sql.substr(0, sql.find_first_of(" \n")); }

/// True if `sql` contains `table` as a separate word.
bool mentions(std::string_view sql, std::string_view table) noexcept {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (std::size_t at = sql.find(table); at != std::string_view::npos; at = sql.find(table, at + 1)) {
    const std::size_t end = at + table.size();
    if ((at == 0 || !is_word(sql[at - 1])) && (end == sql.size() || !is_word(sql[end]))) return true;
  }
  return false;
}

}  // namespace

InsideBody::InsideBody() noexcept { inside_body = true; }
InsideBody::~InsideBody() { inside_body = false; }
bool InsideBody::now() noexcept { return inside_body; }

/// The complete answer is in memory: two may be read at once, and other statements may run in between.
class Cursor final : public RowCursor {
 public:
  Cursor(PostgresTransaction& transaction, PgResult result, std::string_view name)
      : transaction_(&transaction), result_(std::move(result)), rows_(PQntuples(result_.get())), name_(name) {
    transaction.cursors_.push_back(this);
  }
  ~Cursor() override {
    if (transaction_ != nullptr) std::erase(transaction_->cursors_, this);
  }

  Result<bool> next() override {
    if (transaction_ == nullptr) return Error(Errc::store_sql, std::string(name_) + ": its transaction has ended");
    bytes_.clear();
    return ++row_ < rows_;
  }
  bool is_null(int column) const override { return !there() || PQgetisnull(result_.get(), row_, column) != 0; }
  std::int64_t integer(int column) const override {
    const std::string_view text = raw(column);
    if (text == "t") return 1;  // a comparison gives t or f
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }
  std::string_view text(int column) const override {
    const std::string_view text = raw(column);
    if (!there() || PQftype(result_.get(), column) != kBytea) return text;
    std::size_t size = 0;
    bytes_.emplace_back(PQunescapeBytea(reinterpret_cast<const unsigned char*>(text.data()), &size));
    if (!bytes_.back()) return {};
    return {reinterpret_cast<const char*>(bytes_.back().get()), size};
  }

  void end() noexcept {
    transaction_ = nullptr;
    rows_ = 0;
  }

 private:
  [[nodiscard]] bool there() const noexcept { return row_ >= 0 && row_ < rows_; }
  [[nodiscard]] std::string_view raw(int column) const noexcept {
    if (!there()) return {};
    return {PQgetvalue(result_.get(), row_, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
  }

  PostgresTransaction* transaction_;
  PgResult result_;
  int rows_;
  int row_ = -1;
  std::string_view name_;
  mutable std::vector<std::unique_ptr<unsigned char, FreeMemory>> bytes_;
};

PostgresTransaction::~PostgresTransaction() { end(); }

void PostgresTransaction::end() noexcept {
  for (Cursor* cursor : cursors_) cursor->end();
  cursors_.clear();
}

void PostgresTransaction::note_failure() noexcept {
  // The first failure counts: later ones follow from it.
  if (!failed_) again_ = postgres::may_run_again(connection_.last_state());
  failed_ = true;
}

Result<void> PostgresTransaction::check_alive(std::string_view what) const {
  if (!failed_) return success();
  return Error(Errc::store_rolled_back, std::string(what) + ": an earlier failure has rolled the transaction back")
      .during(what);
}

Error PostgresTransaction::refused(Errc code, std::string_view what, std::string_view why) {
  if (!failed_) again_ = false;
  failed_ = true;
  return Error(code, std::string(what) + ": " + std::string(why)).during(what);
}

Error PostgresTransaction::explained(Error error, std::string_view sql) const {
  if (error.errc() != Errc::store_sql || connection_.last_state() != "42P01") return error;
  const auto& tables = connection_.options().schema.tables;
  const bool other = std::any_of(tables.begin(), tables.end(), [&](const TableKey& table) {
    return table.plane != plane_ && mentions(sql, table.table);
  });
  if (!other) return error;
  return Error(Errc::store_wrong_plane, error.message()).during(error.details().operation);
}

Result<PgResult> PostgresTransaction::run(const Statement& statement, std::span<const SqlValue> values, Verb verb) {
  STK_TRY(check_alive(statement.name));
  STK_TRY(noted(context_.check(connection_.now())));
  const std::string_view word = first_word(statement.sql);
  const bool reads = word == "SELECT" || word == "WITH";
  if (!reads && word != "UPDATE" && word != "DELETE") {
    return refused(Errc::store_sql, statement.name, "only SELECT, UPDATE and DELETE are written by hand");
  }
  if (verb == Verb::reads && !reads) return refused(Errc::store_sql, statement.name, "query is for SELECT");
  if (!reads && !writable_) return refused(Errc::store_read_only, statement.name, "this transaction only reads");
  Parameters parameters;
  for (const SqlValue& value : values) parameters.add(value);
  if (!reads) wrote_ = true;
  auto result = connection_.run(statement.sql, statement.name, plane_, parameters, context_);
  if (result) return result;
  note_failure();
  return explained(std::move(result).error(), statement.sql);
}

Result<std::int64_t> PostgresTransaction::execute(const Statement& statement, std::span<const SqlValue> values) {
  STK_TRY(const auto result, run(statement, values, Verb::changes));
  return std::strtoll(PQcmdTuples(result.get()), nullptr, 10);
}

Result<std::unique_ptr<RowCursor>> PostgresTransaction::query(const Statement& statement,
                                                              std::span<const SqlValue> values) {
  STK_TRY(auto result, run(statement, values, Verb::reads));
  return std::unique_ptr<RowCursor>(std::make_unique<Cursor>(*this, std::move(result), statement.name));
}

Result<std::int64_t> PostgresTransaction::bulk_upsert(std::string_view table, OnConflict conflict,
                                                      std::span<const SqlColumn> columns) {
  STK_TRY(check_alive(table));
  if (!writable_) return refused(Errc::store_read_only, table, "this transaction only reads");
  STK_TRY(noted(context_.check(connection_.now())));
  wrote_ = true;
  connection_.forget_state();
  return noted(bulk_write(connection_, plane_, tenant_, table, conflict, columns, context_));
}

Result<void> PostgresTransaction::savepoint(FunctionRef<Result<Keep>()> body) {
  STK_TRY(check_alive("savepoint"));
  // Savepoints with the same name nest: the innermost counts.
  STK_TRY(noted(connection_.run("SAVEPOINT stk", "savepoint", context_)));
  struct Rollback {
    PostgresTransaction* transaction;
    ~Rollback() {
      if (transaction == nullptr) return;
      // A transaction that the server asks to repeat is not undone in part; nor is one after the end of its call.
      const bool undone = !transaction->again_ && transaction->undo();
      transaction->failed_ = !undone;
    }
  } rollback{this};
  STK_TRY(const Keep kept, body());
  if (kept == Keep::no) return success();
  STK_TRY(check_alive("savepoint"));
  rollback.transaction = nullptr;
  STK_TRY(noted(connection_.run("RELEASE SAVEPOINT stk", "savepoint", context_)));
  return success();
}

bool PostgresTransaction::undo() noexcept {
  try {
    return connection_.run("ROLLBACK TO SAVEPOINT stk; RELEASE SAVEPOINT stk", "savepoint", context_).has_value();
  } catch (...) {
    return false;  // out of memory: the complete transaction is rolled back
  }
}

}  // namespace stocktracker::inline v0::postgres
