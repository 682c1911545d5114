/// @file
/// The embedded store: SQLite in one file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

/// @code
/// STK_TRY(auto storage, st::make_sqlite_storage({.path = text, .schema = st::schema(), .durable_commits = true}));
/// STK_TRY(auto engine, st::open({.storage = storage}));
/// @endcode
struct SqliteOptions {
  /// A file, created when missing, or ":memory:". Both planes live in it: the single-file mode for one seller.
  std::string path{};
  /// What the file must contain; `stocktracker::schema()` of assembly is the product's own.
  Schema schema{};
  /// Deadlines are compared with it; null: the system's clock.
  std::shared_ptr<Clock> clock{};
  /// Never create or migrate the file: for reading another program's store.
  bool read_only = false;
  /// How long to wait for another process before Errc::store_busy.
  Duration busy_timeout = std::chrono::seconds(10);
  /// True: committed data survive a power cut, at the cost of one flush per commit (SQLite's synchronous=FULL). False
  /// (synchronous=NORMAL): a power cut may lose the last commits, never the consistency.
  bool durable_commits = false;
  /// Read connections kept open.
  int readers = 4;
  /// Page cache of a writing connection, in KiB.
  int cache_kib = 8'192;
  /// Overwrite deleted content with zeros in the file: for files that hold keys.
  bool overwrite_deleted = false;
  /// The tenant that the file must belong to; a new file is assigned to it. Nil: the owner is not checked.
  TenantId owner{};
  /// A group of small transactions is committed after this long at the latest.
  Duration group_window = std::chrono::milliseconds(2);

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Opens, compares the checksums of applied migrations and applies the missing ones. Errors name the file and the
/// remedy.
[[nodiscard]] STK_API Result<std::shared_ptr<Storage>> make_sqlite_storage(SqliteOptions options);

/// A SQLite file from an untrusted source: an export, a backup, the store of one seller.
struct ForeignFileOptions {
  std::string path{};
  /// Both planes: the file's history must be a prefix of these migrations, and its tables must be theirs.
  Schema schema{};
  /// The plane to read.
  Plane plane = Plane::tenant;
  /// The tenant that the file must belong to; nil: any.
  TenantId owner{};
  /// The tenant that gets data without an owner (the store of one seller). Nil: such a file is Errc::store_unreadable.
  TenantId new_owner{};
  std::uint64_t max_bytes = std::uint64_t{4} << 30;  ///< of the file and its log together
  std::uint64_t max_rows = 20'000'000;
  /// Deadlines are compared with it; null: the system's clock.
  std::shared_ptr<Clock> clock{};

  [[nodiscard]] STK_API Result<void> validate() const;
};

struct ForeignFileReport {
  TenantId owner{};  ///< of the new file; nil for a control plane
  std::uint64_t rows = 0;
};

/// Creates `target`, which must not exist, from the rows of a foreign file. No page of the file is taken over: the file
/// is copied to a private folder and opened for reading with everything switched off that SQL could run in it
/// (triggers, views, extensions); each value is checked and written to a file that this library's migrations created.
/// `target` appears complete, migrated and flushed, or not at all; its folder must be on the same disk. Progress counts
/// rows.
///
/// Errc::import_refused: an unknown table, a view, a trigger, a value of a wrong type or out of its range, too many
/// bytes or rows; the message names table, row and column. Errc::store_corrupt: damaged. Errc::store_newer and
/// Errc::store_migration: another history. Errc::store_unreadable: another owner. Errc::store_busy: the file kept
/// changing.
[[nodiscard]] STK_API Result<ForeignFileReport> read_foreign_file(const ForeignFileOptions& options,
                                                                  const std::string& target,
                                                                  const CallContext& context = {});

/// The owner of a foreign file, which is checked as above except for its rows; nil for the store of one seller.
[[nodiscard]] STK_API Result<TenantId> foreign_owner(const ForeignFileOptions& options,
                                                     const CallContext& context = {});

/// @code
/// STK_TRY(auto house, st::make_sqlite_folder({.path = "house", .schema = st::schema(), .open_tenants = 256}));
/// STK_TRY(auto engine, st::open({.storage = house, .key_file = "house.key"}));
/// @endcode
struct SqliteFolderOptions {
  /// A folder, created when missing: `control.db` and `tenants/<id>.db`, one file per plane.
  std::string path{};
  Schema schema{};
  std::shared_ptr<Clock> clock{};
  bool read_only = false;
  Duration busy_timeout = SqliteOptions().busy_timeout;
  bool durable_commits = false;
  int open_tenants = 64;   ///< files that stay open when nobody uses them; the least recently used are closed first
  int tenant_readers = 2;  ///< read connections per tenant
  int tenant_cache_kib = 1'024;

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Many tenants, one file each: writers of different tenants do not wait for each other. A file is named by the
/// tenant's id alone. The nil id is Errc::tenant_unset. Files are migrated when they are opened.
[[nodiscard]] STK_API Result<std::shared_ptr<Storage>> make_sqlite_folder(SqliteFolderOptions options);

}  // namespace stocktracker::inline v0
