/// @file
/// SQLite's result codes as errors of the library, translated here and nowhere else.
#pragma once

#include <string_view>

#include <stocktracker/core/error.hpp>

struct sqlite3;

namespace stocktracker::inline v0::sqlite {

/// `what` is the statement's name or what was tried; `file` names the store. Never holds bound values.
[[nodiscard]] Error translate(int code, sqlite3* db, std::string_view what, std::string_view file);

}  // namespace stocktracker::inline v0::sqlite
