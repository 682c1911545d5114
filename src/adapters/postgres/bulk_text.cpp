// Writes values in COPY's text format.
#include "adapters/postgres/bulk_text.hpp"

#include <array>
#include <charconv>

namespace stocktracker::inline v0::postgres {
namespace {

void append_number(std::string& out, std::int64_t value) {
  std::array<char, 24> digits;
  const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

char copy_escape(char c) noexcept {
  switch (c) {
    case '\\':
      return '\\';
    case '\t':
      return 't';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    default:
      return '\0';
  }
}

void append_copy_text(std::string& out, std::string_view text) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char escape = copy_escape(text[i]);
    if (escape == '\0') continue;
    out.append(text, from, i - from).append(1, '\\').append(1, escape);
    from = i + 1;
  }
  out.append(text, from);
}

bool is_null(const SqlColumn& column, std::size_t row) noexcept {
  return !column.nulls().empty() && column.nulls()[row] != 0;
}

}  // namespace

void append_copy_line(std::string& out, std::span<const SqlColumn> columns, std::size_t row) {
  bool first = true;
  for (const SqlColumn& column : columns) {
    if (!first) out += '\t';
    first = false;
    if (is_null(column, row)) {
      out += "\\N";
    } else if (column.shape() == SqlColumn::Shape::integers) {
      append_number(out, column.integer_values()[row]);
    } else {
      append_copy_text(out, column.text_values()[row]);
    }
  }
  out += '\n';
}

std::string array_literal(const SqlColumn& column, std::size_t rows) {
  std::string out = "{";
  for (std::size_t row = 0; row < rows; ++row) {
    if (row > 0) out += ',';
    if (is_null(column, row)) {
      out += "NULL";
    } else if (column.shape() == SqlColumn::Shape::integers) {
      append_number(out, column.integer_values()[row]);
    } else {
      out += '"';
      for (const char c : column.text_values()[row]) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
      }
      out += '"';
    }
  }
  out += '}';
  return out;
}

}  // namespace stocktracker::inline v0::postgres
