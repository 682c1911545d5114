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

struct SqliteOptions {
  /// A file, made when missing, or ":memory:". Both planes live in it: the single-file mode for one seller.
  std::string path{};
  /// What the file must contain; `stocktracker::schema()` of assembly is the product's own.
  Schema schema{};
  /// What deadlines are compared with; null: the system's clock.
  std::shared_ptr<Clock> clock{};
  /// Refuse to create or migrate: for readers of somebody else's store.
  bool read_only = false;
  /// How long to wait for another process before Errc::store_busy.
  Duration busy_timeout = std::chrono::seconds(10);
  /// Survive a power cut without losing the last commits, at the price of a flush each (SQLite's synchronous=FULL);
  /// otherwise NORMAL: a power cut may lose the last commits, never the consistency.
  bool durable_commits = false;
  /// Read connections kept open.
  int readers = 4;
  /// Pages that a writing connection keeps in memory, at most.
  int cache_kib = 8'192;
  /// Zeros over what is deleted, in the file itself: for files with keys.
  bool overwrite_deleted = false;
  /// Whose data the file must hold, and does from now on when it is new; nil: of nobody in particular.
  TenantId owner{};
  /// A group of small bodies is committed at the latest after this long.
  Duration group_window = std::chrono::milliseconds(2);

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Opens, checks checksums of applied migrations and applies the missing ones. Errors name the file and the remedy.
[[nodiscard]] STK_API Result<std::shared_ptr<Storage>> make_sqlite_storage(SqliteOptions options);

/// A SQLite file that anybody may have made: an export, a backup, the store of one seller.
struct ForeignFileOptions {
  std::string path{};
  /// Both planes: the file's history must be the beginning of these migrations, its tables must be theirs.
  Schema schema{};
  /// Whose rows are read.
  Plane plane = Plane::tenant;
  /// Whose data it must hold; nil: of anybody.
  TenantId owner{};
  /// Becomes the owner of data that have none: the store of one seller. Nil: such a file is Errc::store_unreadable.
  TenantId new_owner{};
  std::uint64_t max_bytes = std::uint64_t{4} << 30;  ///< with its log
  std::uint64_t max_rows = 20'000'000;
  /// What deadlines are compared with; null: the system's clock.
  std::shared_ptr<Clock> clock{};

  [[nodiscard]] STK_API Result<void> validate() const;
};

struct ForeignFileReport {
  TenantId owner{};  ///< of the new file; nil for a control plane
  std::uint64_t rows = 0;
};

/// Makes `target`, which must not be there, from the rows of a foreign file. No page of the file is taken over: it is
/// copied to a private folder, opened for reading with all that SQL may run in it switched off (triggers, views,
/// extensions), and each value is checked and written to a file that our migrations made. `target` appears complete,
/// migrated and flushed, or not at all; its folder must be on the same disk. Progress in rows.
///
/// Errc::import_refused: an unknown table, a view, a trigger, a value of a wrong type or out of its range, too many
/// bytes or rows; the text names table, row and column. Errc::store_corrupt: damaged. Errc::store_newer and
/// Errc::store_migration: another history. Errc::store_unreadable: another owner. Errc::store_busy: it kept changing.
[[nodiscard]] STK_API Result<ForeignFileReport> read_foreign_file(const ForeignFileOptions& options,
                                                                  const std::string& target,
                                                                  const CallContext& context = {});

/// Whose data a foreign file holds, checked as above but for the rows; nil for the store of one seller.
[[nodiscard]] STK_API Result<TenantId> foreign_owner(const ForeignFileOptions& options,
                                                     const CallContext& context = {});

struct SqliteFolderOptions {
  /// A folder, made when missing: `control.db` and `tenants/<id>.db`, the planes in files of their own.
  std::string path{};
  Schema schema{};
  std::shared_ptr<Clock> clock{};
  bool read_only = false;
  Duration busy_timeout = std::chrono::seconds(10);
  bool durable_commits = false;
  int open_tenants = 64;   ///< tenants whose files stay open when nobody uses them, the last used ones
  int tenant_readers = 2;  ///< read connections for each
  int tenant_cache_kib = 1'024;

  [[nodiscard]] STK_API Result<void> validate() const;
};

/// Many tenants, a file each: nobody waits for another tenant's writer. A tenant's file is named by its id alone. The
/// nil id is Errc::tenant_unset. Files are migrated when they are opened.
[[nodiscard]] STK_API Result<std::shared_ptr<Storage>> make_sqlite_folder(SqliteFolderOptions options);

}  // namespace stocktracker::inline v0
