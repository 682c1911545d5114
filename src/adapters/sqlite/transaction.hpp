/// Transaction of SQLite: exists while its body runs.
#pragma once

#include <vector>

#include <stocktracker/ports/database.hpp>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

class Cursor;

class SqliteTransaction final : public Transaction {
 public:
  SqliteTransaction(Connection& connection, Plane plane, bool writable) noexcept
      : connection_(connection), plane_(plane), writable_(writable) {}
  ~SqliteTransaction() override;

  using Transaction::execute;
  using Transaction::query;
  Result<std::int64_t> execute(const Statement& statement, std::span<const SqlValue> values) override;
  Result<std::unique_ptr<RowCursor>> query(const Statement& statement, std::span<const SqlValue> values) override;
  Result<std::int64_t> bulk_upsert(std::string_view table, OnConflict conflict,
                                   std::span<const SqlColumn> columns) override;
  Result<void> savepoint(FunctionRef<Result<Keep>()> body) override;

  /// Ends cursors that the body left open.
  void end() noexcept;
  /// True if a statement failed and no savepoint around it undid that.
  [[nodiscard]] bool failed() const noexcept { return failed_; }

 private:
  friend class Cursor;
  [[nodiscard]] Result<std::int64_t> change(const Statement& statement, std::span<const SqlValue> values);
  [[nodiscard]] Result<StatementLease> bound(const Statement& statement, std::span<const SqlValue> values, bool reads);
  [[nodiscard]] Error read_only(std::string_view what) const;
  /// After SQLite has rolled back by itself, a statement would commit on its own: so nothing runs any more. The same
  /// after any failure, as on every driver.
  [[nodiscard]] Result<void> check_alive(std::string_view what) const;
  template <class T>
  [[nodiscard]] Result<T> noted(Result<T> result) noexcept {
    if (!result) failed_ = true;
    return result;
  }

  Connection& connection_;
  Plane plane_;
  bool writable_;
  bool failed_ = false;
  std::vector<Cursor*> cursors_;
};

/// Marks the thread as running a body: transactions do not nest, on any database.
class InsideBody {
 public:
  InsideBody() noexcept;
  InsideBody(const InsideBody&) = delete;
  InsideBody& operator=(const InsideBody&) = delete;
  ~InsideBody();
  [[nodiscard]] static bool now() noexcept;
};

}  // namespace stocktracker::inline v0::sqlite
