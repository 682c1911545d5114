/// @file
/// The embedded store: SQLite in one file.
#pragma once

#include <memory>
#include <string>

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

/// Whose data a file of a folder, or a backup of one tenant, holds. Errc::store_unreadable: nobody's.
[[nodiscard]] STK_API Result<TenantId> sqlite_owner(const std::string& path);

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
