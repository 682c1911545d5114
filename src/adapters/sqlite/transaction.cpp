// Statements of one transaction, and their rows.
#include "adapters/sqlite/transaction.hpp"

#include <algorithm>

#include "adapters/sqlite/bulk_insert.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

thread_local bool inside_body = false;

}  // namespace

InsideBody::InsideBody() noexcept { inside_body = true; }
InsideBody::~InsideBody() { inside_body = false; }
bool InsideBody::now() noexcept { return inside_body; }

class Cursor final : public RowCursor {
 public:
  Cursor(SqliteTransaction& transaction, StatementLease lease, std::string_view name)
      : transaction_(&transaction), lease_(std::move(lease)), statement_(lease_.get()), name_(name) {
    transaction.cursors_.push_back(this);
  }
  ~Cursor() override {
    if (transaction_ != nullptr) std::erase(transaction_->cursors_, this);
  }

  Result<bool> next() override {
    if (transaction_ == nullptr) return Error(Errc::store_sql, std::string(name_) + ": its transaction has ended");
    if (done_) return false;
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    done_ = true;
    if (code == SQLITE_DONE) return false;
    transaction_->failed_ = true;
    return transaction_->connection_.error(code, name_);
  }
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::uint64_t integers(int first, std::span<std::int64_t> values) const override {
    std::uint64_t nulls = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const int column = first + static_cast<int>(i);
      values[i] = sqlite3_column_int64(statement_, column);
      if (values[i] == 0 && sqlite3_column_type(statement_, column) == SQLITE_NULL) nulls |= std::uint64_t{1} << i;
    }
    return nulls;
  }
  std::string_view text(int column) const override {
    const void* bytes = sqlite3_column_blob(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(bytes), size);
  }

  void end() noexcept {
    transaction_ = nullptr;
    statement_ = nullptr;  // SQLite returns NULL for columns without a statement
    lease_.release();
  }

 private:
  SqliteTransaction* transaction_;
  StatementLease lease_;
  sqlite3_stmt* statement_;
  std::string_view name_;
  bool done_ = false;
};

SqliteTransaction::~SqliteTransaction() { end(); }

void SqliteTransaction::end() noexcept {
  for (Cursor* cursor : cursors_) cursor->end();
  cursors_.clear();
}

Error SqliteTransaction::read_only(std::string_view what) const {
  return Error(Errc::store_read_only, std::string(what) + ": this transaction only reads").during(what);
}

Result<void> SqliteTransaction::check_alive(std::string_view what) const {
  if (connection_.in_transaction() && !failed_) return success();
  return Error(Errc::store_rolled_back, std::string(what) + ": an earlier failure has rolled the transaction back")
      .during(what)
      .may_retry();
}

Result<StatementLease> SqliteTransaction::bound(const Statement& statement, std::span<const SqlValue> values,
                                                bool reads) {
  STK_TRY(check_alive(statement.name));
  STK_TRY(auto lease, connection_.prepare(statement, plane_));
  const bool only_reads = sqlite3_stmt_readonly(lease.get()) != 0;
  if (reads && !only_reads) {
    return Error(Errc::store_sql, std::string(statement.name) + ": query is for SELECT").during(statement.name);
  }
  if (!only_reads && !writable_) return read_only(statement.name);
  // A cursor outlives this call, and the caller's texts may not.
  STK_TRY(lease.bind(values, statement.name, reads ? StatementLease::Texts::copied : StatementLease::Texts::borrowed));
  return lease;
}

Result<std::int64_t> SqliteTransaction::execute(const Statement& statement, std::span<const SqlValue> values) {
  return noted(change(statement, values));
}

Result<std::int64_t> SqliteTransaction::change(const Statement& statement, std::span<const SqlValue> values) {
  STK_TRY(auto lease, bound(statement, values, false));
  const std::int64_t before = sqlite3_total_changes64(connection_.get());
  int code = sqlite3_step(lease.get());
  while (code == SQLITE_ROW) code = sqlite3_step(lease.get());
  if (code != SQLITE_DONE) return connection_.error(code, statement.name);
  return sqlite3_total_changes64(connection_.get()) - before;
}

Result<std::unique_ptr<RowCursor>> SqliteTransaction::query(const Statement& statement,
                                                            std::span<const SqlValue> values) {
  STK_TRY(auto lease, noted(bound(statement, values, true)));
  return std::unique_ptr<RowCursor>(std::make_unique<Cursor>(*this, std::move(lease), statement.name));
}

Result<std::int64_t> SqliteTransaction::bulk_upsert(std::string_view table, OnConflict conflict,
                                                    std::span<const SqlColumn> columns) {
  STK_TRY(check_alive(table));
  if (!writable_) return noted(Result<std::int64_t>(read_only(table)));
  return noted(bulk_insert(connection_, plane_, table, conflict, columns));
}

Result<void> SqliteTransaction::savepoint(FunctionRef<Result<Keep>()> body) {
  STK_TRY(check_alive("savepoint"));
  // Savepoints with the same name nest: the innermost counts.
  STK_TRY(connection_.run("SAVEPOINT stk"));
  struct Rollback {
    SqliteTransaction* transaction;
    ~Rollback() {
      if (transaction == nullptr) return;
      Connection& connection = transaction->connection_;
      const bool undone =
          sqlite3_exec(connection.get(), "ROLLBACK TO stk; RELEASE stk", nullptr, nullptr, nullptr) == SQLITE_OK;
      // If only a part cannot be undone, everything is undone.
      if (!undone) connection.roll_back();
      transaction->failed_ = !undone;
    }
  } rollback{this};
  STK_TRY(const Keep kept, body());
  if (kept == Keep::no) return success();
  STK_TRY(check_alive("savepoint"));
  rollback.transaction = nullptr;
  return noted(connection_.run("RELEASE stk"));
}

}  // namespace stocktracker::inline v0::sqlite
