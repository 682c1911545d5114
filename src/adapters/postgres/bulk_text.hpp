/// Columns in the text forms that the server reads: lines of COPY, array literals.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <stocktracker/ports/sql_value.hpp>

namespace stocktracker::inline v0::postgres {

/// One line: fields between tabs, \N for NULL, a newline at the end.
void append_copy_line(std::string& out, std::span<const SqlColumn> columns, std::size_t row);

/// {1,NULL,"a \"quoted\" one"}
[[nodiscard]] std::string array_literal(const SqlColumn& column, std::size_t rows);

}  // namespace stocktracker::inline v0::postgres
