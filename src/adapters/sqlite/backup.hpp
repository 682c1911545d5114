/// @file
/// Copies of files that are in use.
#pragma once

#include <string>

#include <stocktracker/core/call_context.hpp>

#include "adapters/sqlite/connection.hpp"

namespace stocktracker::inline v0::sqlite {

/// One consistent picture of the file that `from` names, as the file `to`, which must not be there. Writers go on
/// meanwhile. The copy appears whole, flushed and checked, or not at all. Progress in pages.
[[nodiscard]] Result<void> copy_file(const SqliteOptions& from, const std::string& to, const CallContext& context);

/// A complete file that nobody else knows gets the name `to`, which must not be there; flushed.
[[nodiscard]] Result<void> take_place(const std::string& file, const std::string& to);

/// The same over a file that may be there: whoever has that open finds it gone. `like`: how that file is opened.
[[nodiscard]] Result<void> replace_file(const std::string& file, const std::string& to, const SqliteOptions& like);

}  // namespace stocktracker::inline v0::sqlite
