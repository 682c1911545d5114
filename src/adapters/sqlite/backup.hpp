/// Copies of files that are in use.
#pragma once

#include <string>

#include <stocktracker/core/call_context.hpp>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// A consistent snapshot of the file that `from` names, as the file `path` in a folder that no other process knows.
/// Writers continue meanwhile. The copy is flushed and checked; a failed copy leaves nothing behind. `from` must belong
/// to `owner`, unless that is empty. Progress counts pages.
[[nodiscard]] Result<void> write_copy(const SqliteOptions& from, const std::string& path, const std::string& owner,
                                      const CallContext& context);

/// The same as the file `to`, which must not exist, and appears complete or not at all.
[[nodiscard]] Result<void> copy_file(const SqliteOptions& from, const std::string& to, const std::string& owner,
                                     const CallContext& context);

/// Replaces `to`, which may exist, by a complete file that no other process knows: a process that has the old one open
/// finds it removed. `like`: how that file is opened.
[[nodiscard]] Result<void> replace_file(const std::string& file, const std::string& to, const SqliteOptions& like);

}  // namespace stocktracker::inline v0::sqlite
