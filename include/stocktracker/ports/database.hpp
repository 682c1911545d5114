/// @file
/// The SQL interface: one dialect of SELECT, UPDATE and DELETE that every driver supports; INSERT only through upsert.
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
/// prepared statement by the address of the SQL.
struct Statement {
  std::string_view name;
  std::string_view sql;  ///< parameters are `$1`, `$2`, ...: `$n` is the n-th value
};

/// Rows of a query, read one at a time. Views are valid until the next `next()`. Ends with the transaction at the
/// latest.
///
/// @code
/// STK_TRY(auto plane, storage->tenant(tenant.id));
/// STK_TRY(plane->transact(context, st::TransactMode::read, [&](st::Transaction& transaction) -> st::Result<void> {
///   STK_TRY(auto rows, transaction.query({"offers.count", "SELECT count(*) FROM offer"}));
///   STK_TRY(const bool some, rows->next());
///   if (some) std::printf("%lld\n", static_cast<long long>(rows->integer(0)));
///   return st::success();
/// }));
/// @endcode
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
  /// `integer` of the columns from `first` on, at most 64, in one call: for tables of millions of rows. The result has
  /// a bit for each column that is NULL, the lowest for `first`.
  [[nodiscard]] virtual std::uint64_t integers(int first, std::span<std::int64_t> values) const;
};

/// What upsert does if a row with this key exists.
enum class OnConflict : unsigned char {
  update,  ///< the other columns take the new values
  ignore,  ///< the old row stays: the same fact twice is stored once
  fail,    ///< Errc::store_constraint
};

/// Exists only while the body of `transact` runs, for the thread that runs it. If a statement fails, every later call
/// is Errc::store_rolled_back and nothing is committed, unless a savepoint around it was undone. So a body returns the
/// failure, or runs statements that may fail inside a savepoint.
///
/// @code
/// STK_TRY(plane->transact(context, st::TransactMode::write, [&](st::Transaction& transaction) -> st::Result<void> {
///   STK_TRY(transaction.upsert("note", st::OnConflict::update,
///                              {st::SqlColumn::constant("id", 1), st::SqlColumn::constant("text", "hello")}));
///   STK_TRY(transaction.execute({"notes.trim", "DELETE FROM note WHERE id < $1"}, {st::SqlValue(1)}));
///   return st::success();
/// }));
/// @endcode
class STK_API Transaction {
 public:
  Transaction() = default;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  virtual ~Transaction();

  /// UPDATE or DELETE; returns the number of changed rows.
  [[nodiscard]] virtual Result<std::int64_t> execute(const Statement& statement, std::span<const SqlValue> values) = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<RowCursor>> query(const Statement& statement,
                                                                 std::span<const SqlValue> values) = 0;
  /// Writes rows column by column, in the given order; returns the number of inserted or changed rows. All columns that
  /// are not constants have the same number of rows; the key columns of `table` must be among them. If several rows
  /// have the same key, the last one counts (update) or the first one (ignore). A text with a zero byte is stored
  /// completely or refused (Errc::invalid_text).
  [[nodiscard]] virtual Result<std::int64_t> bulk_upsert(std::string_view table, OnConflict conflict,
                                                         std::span<const SqlColumn> columns) = 0;
  /// Runs `body`; undoes its changes if it fails or returns Keep::no.
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
  write,  ///< small: may be committed together with other small ones, each in its own savepoint
  bulk,   ///< long: committed alone
};

/// One plane of one tenant. Thread-safe.
///
/// @code
/// std::int64_t count = 0;  // set in the body, which may run twice: assign, never add
/// const auto read = st::TransactMode::read;
/// STK_TRY(storage->control().transact(context, read, [&](st::Transaction& transaction) -> st::Result<void> {
///   STK_TRY(auto rows, transaction.query({"tenants.count", "SELECT count(*) FROM tenant"}));
///   STK_TRY(const bool some, rows->next());
///   count = some ? rows->integer(0) : 0;
///   return st::success();
/// }));
/// @endcode
class STK_API Database {
 public:
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database();

  /// Runs `body` in a transaction and commits if it succeeds. The body may run twice (serialization failure, busy
  /// store): it must change nothing but the transaction and its own result, and must not use the network. Beginning a
  /// transaction inside a body is Errc::store_nested.
  [[nodiscard]] virtual Result<void> transact(const CallContext& context, TransactMode mode,
                                              FunctionRef<Result<void>(Transaction&)> body) = 0;
  [[nodiscard]] virtual Plane plane() const noexcept = 0;
};

/// One finding of `examine`.
struct StorageFinding {
  std::string subject;  ///< "integrity", "schema", "journal", ...
  bool ok = false;
  std::string detail;
  TenantId tenant{};     ///< the tenant that the finding is about; nil: the store
  bool damaged = false;  ///< true: the tenant's data are damaged; false: something else should be corrected
};

/// A tenant that a backup of everything leaves out, because its data could not be read.
struct SkippedTenant {
  TenantId tenant;
  Error why;
};

struct BackupReport {
  std::vector<TenantId> tenants{};  ///< the tenants that the backup holds
  std::vector<SkippedTenant> skipped{};
};

/// All databases of one installation. Thread-safe.
///
/// @code
/// STK_TRY(auto storage, st::make_sqlite_storage({.path = "shop.db", .schema = st::schema()}));
/// STK_TRY(auto engine, st::open({.storage = storage, .key_file = "shop.key"}));
/// @endcode
class STK_API Storage {
 public:
  Storage() = default;
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  virtual ~Storage();

  [[nodiscard]] virtual Database& control() = 0;
  /// The plane of a tenant. The nil id is the default tenant if the store has one, otherwise Errc::tenant_unset.
  /// Errc::not_found for a tenant that was never created.
  [[nodiscard]] virtual Result<std::shared_ptr<Database>> tenant(const TenantId& tenant) = 0;
  /// Creates the empty plane of a tenant; success if it exists. Errc::unsupported in a single-tenant store.
  [[nodiscard]] virtual Result<void> create_tenant(const TenantId& tenant, const CallContext& context) = 0;
  /// Deletes the plane of a tenant with everything in it; success if it does not exist. Databases that were handed out
  /// before end with Errc::not_found.
  [[nodiscard]] virtual Result<void> destroy_tenant(const TenantId& tenant, const CallContext& context) = 0;
  /// A copy of the stored data while the store is in use: of the context's tenant if it names one and the store has
  /// many, otherwise of everything. `target` must not exist; it appears complete, or not at all. A backup of everything
  /// leaves out a tenant with unreadable data and copies all others.
  [[nodiscard]] virtual Result<BackupReport> backup(const std::string& target, const CallContext& context) = 0;
  /// Replaces a tenant's plane by the content of its backup. Databases that were handed out before may end with
  /// Errc::not_found: request them again. Errc::unsupported in a single-tenant store.
  [[nodiscard]] virtual Result<void> restore_tenant(const TenantId& tenant, const std::string& backup,
                                                    const CallContext& context) = 0;
  /// Checks integrity and schema, read-only; a damaged store is a finding, not an error.
  [[nodiscard]] virtual Result<std::vector<StorageFinding>> examine(const CallContext& context) = 0;
};

}  // namespace stocktracker::inline v0
