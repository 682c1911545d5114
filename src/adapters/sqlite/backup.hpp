/// @file
/// Copies of files that are in use.
#pragma once

#include <string>

#include <stocktracker/core/call_context.hpp>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// One consistent picture of the file that `from` names, as the file `path` in a folder that no other process knows.
/// Writers go on meanwhile. The copy is flushed and checked; nothing is left of one that fails. `from` must hold the
/// data of `owner`, unless that is empty. Progress in pages.
[[nodiscard]] Result<void> write_copy(const SqliteOptions& from, const std::string& path, const std::string& owner,
                                      const CallContext& context);

/// The same as the file `to`, which must not be there, and appears complete or not at all.
[[nodiscard]] Result<void> copy_file(const SqliteOptions& from, const std::string& to, const std::string& owner,
                                     const CallContext& context);

/// A complete file that nobody else knows takes the place of `to`, which may be there: a process that has that one open
/// finds it gone. `like`: how that file is opened.
[[nodiscard]] Result<void> replace_file(const std::string& file, const std::string& to, const SqliteOptions& like);

}  // namespace stocktracker::inline v0::sqlite
