/// @file
/// Backups as rows: for stores that have no files of their own, and from one kind of store into another.
#pragma once

#include <memory>
#include <string>

#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

/// The storage with Storage::backup and Storage::restore_tenant by rows: a backup is what a folder of SQLite files
/// would be (see SqliteFolderOptions), and of one tenant its file. `open` does this to a storage it is given.
[[nodiscard]] STK_API std::shared_ptr<Storage> with_row_backups(std::shared_ptr<Storage> storage);

/// Everything that the backup of a folder holds, into a store without tenants: another server, or another driver.
/// Errc::store_constraint where tenants are. May be called again after it was cut off.
[[nodiscard]] STK_API Result<void> restore_all(const std::string& backup, Storage& empty,
                                               const CallContext& context = {});

/// A new store at `target` from a backup of everything: a folder from a folder, a file from the store of one seller. It
/// takes the rows of the backup and none of its pages (see read_foreign_file), appears complete or not at all, and
/// `target` must not be there. What the backup was sealed with opens it: the key is not in it.
[[nodiscard]] STK_API Result<void> restore_store(const std::string& backup, const std::string& target,
                                                 const CallContext& context = {});

}  // namespace stocktracker::inline v0
