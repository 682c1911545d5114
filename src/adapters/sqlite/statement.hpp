/// Prepared statements, and how values are bound to them by name.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/sql_value.hpp>

namespace stocktracker::inline v0::sqlite {

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};

struct Prepared {
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> handle;
  /// value_of[i] is the index of the value for SQLite's parameter i + 1: `$2` is a name in SQLite, not a position.
  std::vector<int> value_of;
  int values = 0;
  bool busy = false;  ///< a cursor is reading it
};

/// Exclusive use of a prepared statement; resets it and drops its bindings at the end.
class StatementLease {
 public:
  explicit StatementLease(Prepared& cached) noexcept : prepared_(&cached) { prepared_->busy = true; }
  /// A separate statement, if the cached one is in use by a cursor.
  explicit StatementLease(std::unique_ptr<Prepared> own) noexcept : own_(std::move(own)), prepared_(own_.get()) {}
  StatementLease(StatementLease&& other) noexcept
      : own_(std::move(other.own_)), prepared_(std::exchange(other.prepared_, nullptr)) {}
  StatementLease& operator=(StatementLease&&) = delete;
  StatementLease(const StatementLease&) = delete;
  StatementLease& operator=(const StatementLease&) = delete;
  ~StatementLease() { release(); }

  void release() noexcept;
  [[nodiscard]] sqlite3_stmt* get() const noexcept { return prepared_->handle.get(); }
  [[nodiscard]] const Prepared& prepared() const noexcept { return *prepared_; }
  /// Every value must be used by the statement, and every parameter must have a value. Texts are copied if the
  /// statement outlives the call that binds them.
  enum class Texts : unsigned char { borrowed, copied };
  [[nodiscard]] Result<void> bind(std::span<const SqlValue> values, std::string_view name, Texts texts);

 private:
  std::unique_ptr<Prepared> own_;
  Prepared* prepared_;
};

/// Binds one value; borrowed texts must outlive the statement's use.
int bind_value(sqlite3_stmt* statement, int parameter, const SqlValue& value,
               StatementLease::Texts texts = StatementLease::Texts::borrowed) noexcept;

/// Fills `value_of`; Errc::store_sql if a parameter is not of the form `$n`, or a number is missing.
[[nodiscard]] Result<void> map_parameters(Prepared& prepared, std::string_view name);

}  // namespace stocktracker::inline v0::sqlite
