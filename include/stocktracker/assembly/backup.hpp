/// @file
/// Backups by rows: for stores without files of their own, and for moving from one kind of store to another.
#pragma once

#include <memory>
#include <string>

#include <stocktracker/ports/clock.hpp>
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

/// Wraps a storage so that Storage::backup and Storage::restore_tenant copy rows: a complete backup is a folder of
/// SQLite files (see SqliteFolderOptions), a backup of one tenant is that tenant's file. `open` wraps every storage
/// passed to it. Deadlines are compared with `clock`, here and below; null: the system's clock.
[[nodiscard]] STK_API std::shared_ptr<Storage> with_row_backups(std::shared_ptr<Storage> storage,
                                                                std::shared_ptr<Clock> clock = nullptr);

/// Restores a complete backup into a store without tenants: another server, or another driver. Errc::already_exists
/// when the store has tenants. Repeat the call if it was interrupted.
[[nodiscard]] STK_API Result<void> restore_all(const std::string& backup, Storage& empty,
                                               const CallContext& context = {},
                                               const std::shared_ptr<Clock>& clock = nullptr);

/// Creates a store at `target`, which must not exist, from a complete backup: a folder from a folder, a file from the
/// store of one seller. It copies rows, never pages (see read_foreign_file), and appears complete or not at all. The
/// key is not in the backup: the new store needs the same key to open its credentials.
[[nodiscard]] STK_API Result<void> restore_store(const std::string& backup, const std::string& target,
                                                 const CallContext& context = {},
                                                 const std::shared_ptr<Clock>& clock = nullptr);

}  // namespace stocktracker::inline v0
