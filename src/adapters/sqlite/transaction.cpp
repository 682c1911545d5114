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
    return transaction_->connection_.error(code, name_);
  }
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view text(int column) const override {
    const void* bytes = sqlite3_column_blob(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(bytes), size);
  }

  void end() noexcept {
    transaction_ = nullptr;
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

Result<StatementLease> SqliteTransaction::bound(const Statement& statement, std::span<const SqlValue> values,
                                                bool reads) {
  STK_TRY(auto lease, connection_.prepare(statement, plane_));
  const bool only_reads = sqlite3_stmt_readonly(lease.get()) != 0;
  if (reads && !only_reads) {
    return Error(Errc::store_sql, std::string(statement.name) + ": query is for SELECT").during(statement.name);
  }
  if (!only_reads && !writable_) return read_only(statement.name);
  STK_TRY(lease.bind(values, statement.name));
  return lease;
}

Result<std::int64_t> SqliteTransaction::execute(const Statement& statement, std::span<const SqlValue> values) {
  STK_TRY(auto lease, bound(statement, values, false));
  const std::int64_t before = sqlite3_total_changes64(connection_.get());
  int code = sqlite3_step(lease.get());
  while (code == SQLITE_ROW) code = sqlite3_step(lease.get());
  if (code != SQLITE_DONE) return connection_.error(code, statement.name);
  return sqlite3_total_changes64(connection_.get()) - before;
}

Result<std::unique_ptr<RowCursor>> SqliteTransaction::query(const Statement& statement,
                                                            std::span<const SqlValue> values) {
  STK_TRY(auto lease, bound(statement, values, true));
  // Texts are bound without a copy, and the caller's need not outlive this call: take them over.
  for (std::size_t i = 0; i < lease.prepared().value_of.size(); ++i) {
    const SqlValue& value = values[static_cast<std::size_t>(lease.prepared().value_of[i])];
    if (value.type() == SqlValue::Type::text) {
      const int code = sqlite3_bind_text64(lease.get(), static_cast<int>(i) + 1,
                                           value.text().data() == nullptr ? "" : value.text().data(),
                                           value.text().size(), SQLITE_TRANSIENT, SQLITE_UTF8);  // NOLINT
      if (code != SQLITE_OK) return connection_.error(code, statement.name);
    }
  }
  return std::unique_ptr<RowCursor>(std::make_unique<Cursor>(*this, std::move(lease), statement.name));
}

Result<std::int64_t> SqliteTransaction::bulk_upsert(std::string_view table, OnConflict conflict,
                                                    std::span<const SqlColumn> columns) {
  if (!writable_) return read_only(table);
  return bulk_insert(connection_, plane_, table, conflict, columns);
}

Result<void> SqliteTransaction::savepoint(FunctionRef<Result<Keep>()> body) {
  // Savepoints of one name nest: the innermost is meant.
  STK_TRY(connection_.run("SAVEPOINT stk"));
  struct Rollback {
    Connection* connection;
    ~Rollback() {
      if (connection == nullptr) return;
      (void)connection->run("ROLLBACK TO stk");
      (void)connection->run("RELEASE stk");
    }
  } rollback{&connection_};
  auto kept = body();
  if (!kept) return std::move(kept).error();
  if (kept.value() == Keep::yes) {
    rollback.connection = nullptr;
    return connection_.run("RELEASE stk");
  }
  return success();
}

}  // namespace stocktracker::inline v0::sqlite
