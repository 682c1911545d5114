/// Transaction of PostgreSQL: exists while its body runs.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/ports/database.hpp>

#include "adapters/postgres/connection.hpp"

namespace stocktracker::inline v0::postgres {

class Cursor;

class PostgresTransaction final : public Transaction {
 public:
  PostgresTransaction(Connection& connection, Plane plane, const TenantId& tenant, bool writable,
                      const CallContext& context)
      : connection_(connection), plane_(plane), tenant_(tenant.text()), writable_(writable), context_(context) {}
  ~PostgresTransaction() override;

  using Transaction::execute;
  using Transaction::query;
  Result<std::int64_t> execute(const Statement& statement, std::span<const SqlValue> values) override;
  Result<std::unique_ptr<RowCursor>> query(const Statement& statement, std::span<const SqlValue> values) override;
  Result<std::int64_t> bulk_upsert(std::string_view table, OnConflict conflict,
                                   std::span<const SqlColumn> columns) override;
  Result<void> savepoint(FunctionRef<Result<Keep>()> body) override;

  /// Ends cursors that the body left open.
  void end() noexcept;
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  /// True if it failed because the server asks to repeat the body.
  [[nodiscard]] bool may_run_again() const noexcept { return again_; }
  [[nodiscard]] bool wrote() const noexcept { return wrote_; }

 private:
  friend class Cursor;
  enum class Verb : unsigned char { reads, changes };
  [[nodiscard]] Result<PgResult> run(const Statement& statement, std::span<const SqlValue> values, Verb verb);
  [[nodiscard]] Result<void> check_alive(std::string_view what) const;
  [[nodiscard]] Error refused(Errc code, std::string_view what, std::string_view why);
  [[nodiscard]] Error explained(Error error, std::string_view sql) const;
  template <class T>
  [[nodiscard]] Result<T> noted(Result<T> result) {
    if (!result) note_failure();
    return result;
  }
  void note_failure() noexcept;
  [[nodiscard]] bool undo() noexcept;

  Connection& connection_;
  const Plane plane_;
  const std::string tenant_;
  const bool writable_;
  const CallContext& context_;
  bool failed_ = false;
  bool again_ = false;
  bool wrote_ = false;
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

}  // namespace stocktracker::inline v0::postgres
