/// The only translation of SQLite's result codes into errors of the library.
#pragma once

#include <string_view>

#include <stocktracker/core/error.hpp>

struct sqlite3;

namespace stocktracker::inline v0::sqlite {

/// `what` is the statement's name or the attempted action; `file` names the store. Never contains bound values.
[[nodiscard]] Error translate(int code, sqlite3* db, std::string_view what, std::string_view file);

}  // namespace stocktracker::inline v0::sqlite
