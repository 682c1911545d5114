/// @file
/// The SQL seam. One dialect of SELECT, UPDATE and DELETE that every driver speaks; INSERT only through upsert.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/schema.hpp>
#include <stocktracker/ports/sql_value.hpp>

namespace stocktracker::inline v0 {

/// SQL with a name: logs, metrics and errors show the name, never the SQL. Both must be static text: drivers cache the
/// prepared form by the address of the SQL.
struct Statement {
  std::string_view name;
  std::string_view sql;  ///< parameters are `$1`, `$2`, ...; `$n` is the n-th value given
};

/// Rows of a query, pulled. Views are valid until the next `next()`. Ends with the transaction at the latest.
class STK_API RowCursor {
 public:
  RowCursor() = default;
  RowCursor(const RowCursor&) = delete;
  RowCursor& operator=(const RowCursor&) = delete;
  virtual ~RowCursor();

  /// False after the last row.
  [[nodiscard]] virtual Result<bool> next() = 0;
  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;   ///< 0 for NULL
  [[nodiscard]] virtual std::string_view text(int column) const = 0;  ///< empty for NULL; also for blobs
};

/// What to do with a row whose key exists.
enum class OnConflict : unsigned char {
  update,  ///< the other columns take the new values
  ignore,  ///< the old row stays: a fact told twice counts once
  fail,    ///< Errc::store_constraint
};

/// Lives during the body of `transact` only; used by the thread that runs the body. When a statement fails, everything
/// after it is Errc::store_rolled_back and nothing is committed, unless a savepoint around it was undone: a body
/// returns the failure, or expects it inside a savepoint.
class STK_API Transaction {
 public:
  Transaction() = default;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  virtual ~Transaction();

  /// UPDATE or DELETE; how many rows it changed.
  [[nodiscard]] virtual Result<std::int64_t> execute(const Statement& statement, std::span<const SqlValue> values) = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<RowCursor>> query(const Statement& statement,
                                                                 std::span<const SqlValue> values) = 0;
  /// Writes rows column by column, in the order given; how many rows were inserted or changed. All columns that are not
  /// constants have the same number of rows; the key columns of `table` must be among them. Of rows with one key the
  /// last counts (update) or the first (ignore). A text with a zero byte is stored whole or refused
  /// (Errc::invalid_text).
  [[nodiscard]] virtual Result<std::int64_t> bulk_upsert(std::string_view table, OnConflict conflict,
                                                         std::span<const SqlColumn> columns) = 0;
  /// Runs `body`; undoes what it did when it fails or answers Keep::no.
  enum class Keep : unsigned char { no, yes };
  [[nodiscard]] virtual Result<void> savepoint(FunctionRef<Result<Keep>()> body) = 0;

  [[nodiscard]] Result<std::int64_t> execute(const Statement& statement, std::initializer_list<SqlValue> values = {}) {
    return execute(statement, std::span<const SqlValue>(values.begin(), values.size()));
  }
  [[nodiscard]] Result<std::unique_ptr<RowCursor>> query(const Statement& statement,
                                                         std::initializer_list<SqlValue> values = {}) {
    return query(statement, std::span<const SqlValue>(values.begin(), values.size()));
  }
  /// One row; every column is a constant.
  [[nodiscard]] Result<std::int64_t> upsert(std::string_view table, OnConflict conflict,
                                            std::initializer_list<SqlColumn> columns) {
    return bulk_upsert(table, conflict, std::span<const SqlColumn>(columns.begin(), columns.size()));
  }
};

enum class TransactMode : unsigned char {
  read,   ///< one consistent snapshot; writing in it is an error
  write,  ///< small: may be committed together with its neighbours, each in a savepoint of its own
  bulk,   ///< long: committed alone
};

/// One plane of one tenant. Thread-safe.
class STK_API Database {
 public:
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database();

  /// Runs `body` in a transaction and commits when it succeeds. The body may run twice (serialization failure, busy
  /// store): it acts on nothing but the transaction and its own result, and fetches nothing from the network. Beginning
  /// a transaction inside a body is Errc::store_nested.
  [[nodiscard]] virtual Result<void> transact(const CallContext& context, TransactMode mode,
                                              FunctionRef<Result<void>(Transaction&)> body) = 0;
  [[nodiscard]] virtual Plane plane() const noexcept = 0;
};

/// One finding of an examination.
struct StorageFinding {
  std::string subject;  ///< "integrity", "schema", "journal", ...
  bool ok = false;
  std::string detail;
  TenantId tenant{};     ///< the tenant that it is about; nil: the store
  bool damaged = false;  ///< the tenant's data are damaged; otherwise they are only not as they should be
};

/// A tenant that a backup of all does not hold, because its data could not be read.
struct SkippedTenant {
  TenantId tenant;
  Error why;
};

struct BackupReport {
  std::vector<TenantId> tenants{};  ///< the tenants that the backup holds
  std::vector<SkippedTenant> skipped{};
};

/// All databases of one installation. Thread-safe.
class STK_API Storage {
 public:
  Storage() = default;
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  virtual ~Storage();

  [[nodiscard]] virtual Database& control() = 0;
  /// The tenant's own plane. The nil id is the default tenant where a store has one, otherwise Errc::tenant_unset.
  /// Errc::not_found for a tenant that was never created.
  [[nodiscard]] virtual Result<std::shared_ptr<Database>> tenant(const TenantId& tenant) = 0;
  /// Makes a tenant's plane, empty; harmless when it is there. Errc::unsupported where a store is for one tenant alone.
  [[nodiscard]] virtual Result<void> create_tenant(const TenantId& tenant, const CallContext& context) = 0;
  /// Destroys a tenant's plane with everything in it; harmless when it is not there. Databases that were handed out
  /// before end with Errc::not_found.
  [[nodiscard]] virtual Result<void> destroy_tenant(const TenantId& tenant, const CallContext& context) = 0;
  /// A copy of what is stored, while it is used: of the context's tenant alone where it names one and the store has
  /// many, otherwise of everything. `target` must not be there; it appears whole, or not at all. In a backup of
  /// everything a tenant with data that cannot be read is skipped, which fails no other.
  [[nodiscard]] virtual Result<BackupReport> backup(const std::string& target, const CallContext& context) = 0;
  /// A tenant's plane becomes what a backup of it holds. Databases that were handed out before may end with
  /// Errc::not_found: take them again. Errc::unsupported where a store is for one tenant alone.
  [[nodiscard]] virtual Result<void> restore_tenant(const TenantId& tenant, const std::string& backup,
                                                    const CallContext& context) = 0;
  /// Integrity and schema, read only; a damaged store is a finding, not an error.
  [[nodiscard]] virtual Result<std::vector<StorageFinding>> examine(const CallContext& context) = 0;
};

}  // namespace stocktracker::inline v0
