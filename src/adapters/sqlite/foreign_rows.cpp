// Decides which values of a foreign row are accepted.
#include "adapters/sqlite/foreign_rows.hpp"

#include <algorithm>

#include <stocktracker/core/progress_stages.hpp>
#include <stocktracker/core/uuid.hpp>

#include "core/utf8.hpp"

namespace stocktracker::inline v0::sqlite {
namespace {

constexpr std::size_t kLongestText = std::size_t{1} << 20;
constexpr std::size_t kLongestName = std::size_t{64} << 10;
constexpr std::uint64_t kRowsPerReport = 4'096;

/// Ids must be written as this library writes them: other forms would name the same object twice, and other texts would
/// break readers.
bool is_id(std::string_view text) {
  const auto id = Uuid::parse(text);
  return id && id.value().text() == text;
}

bool is_name(std::string_view column) noexcept {
  return column == "label" || column.ends_with("name") || column.ends_with("_key") || column.ends_with("_id");
}

Result<ForeignConnection::Handle> prepare(Connection& to, const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v2(to.get(), sql.c_str(), -1, &raw, nullptr);
  ForeignConnection::Handle handle(raw);
  if (code != SQLITE_OK) return to.error(code, "import");
  return handle;
}

/// Copies the rows of one table.
class TableCopy {
 public:
  TableCopy(const ForeignConnection& from, const FreshTable& table, Connection& to, std::uint64_t max_rows)
      : from_(from), table_(table), to_(to), max_rows_(max_rows) {}

  Result<std::uint64_t> run(std::uint64_t before) {
    std::string names;
    std::string values;
    for (const FreshColumn& column : table_.columns) {
      names.append(names.empty() ? "\"" : ", \"").append(column.rule.name).append("\"");
      values.append(values.empty() ? "?" : ", ?");
    }
    const std::string quoted = "\"" + table_.name + "\"";
    STK_TRY(rows_, from_.prepare("SELECT " + names + " FROM " + quoted + " NOT INDEXED"));
    STK_TRY(insert_, prepare(to_, "INSERT INTO " + quoted + " (" + names + ") VALUES (" + values + ")"));
    while (true) {
      STK_TRY(const bool more, from_.step(rows_));
      if (!more) break;
      ++row_;
      if (before + row_ > max_rows_) {
        return from_.refused("it holds more than " + std::to_string(max_rows_) + " rows");
      }
      STK_TRY(copy_row());
      if (row_ % kRowsPerReport == 0) {
        STK_TRY(from_.check());
        from_.context().report({kStageRows, before + row_, 0});
      }
    }
    return row_;
  }

 private:
  Result<void> copy_row() {
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      STK_TRY(copy_value(static_cast<int>(i), table_.columns[i]));
    }
    const int code = sqlite3_step(insert_.get());
    sqlite3_reset(insert_.get());
    if (code == SQLITE_DONE) return success();
    // The text contains names of known columns, no values.
    if ((code & 0xFF) == SQLITE_CONSTRAINT) return refused({}, sqlite3_errmsg(to_.get()));
    return to_.error(code, "import");
  }

  Result<void> copy_value(int at, const FreshColumn& column) {
    sqlite3_stmt* const row = rows_.get();
    const std::string_view name = column.rule.name;
    const int type = sqlite3_column_type(row, at);
    if (type == SQLITE_NULL) {
      if (!column.may_be_null) return refused(name, "a value is missing");
      return bound(sqlite3_bind_null(insert_.get(), at + 1));
    }
    switch (column.rule.type) {
      case Column::Type::integer: {
        if (type != SQLITE_INTEGER) return refused(name, "a number is expected");
        const std::int64_t value = sqlite3_column_int64(row, at);
        if (value < column.rule.lowest || value > column.rule.highest) {
          return refused(name, std::to_string(value) + " is not between " + std::to_string(column.rule.lowest) +
                                   " and " + std::to_string(column.rule.highest));
        }
        return bound(sqlite3_bind_int64(insert_.get(), at + 1, value));
      }
      case Column::Type::text: {
        if (type != SQLITE_TEXT) return refused(name, "a text is expected");
        const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(row, at));
        const std::string_view text(bytes == nullptr ? "" : bytes,
                                    static_cast<std::size_t>(sqlite3_column_bytes(row, at)));
        if (text.size() > (column.is_key || is_name(name) ? kLongestName : kLongestText)) {
          return refused(name, "a text of " + std::to_string(text.size()) + " bytes is too long");
        }
        if (!is_utf8(text)) return refused(name, "the text is not UTF-8");
        if (name.ends_with("_id") && !is_id(text)) return refused(name, "it is no identifier");
        return bound(sqlite3_bind_text64(insert_.get(), at + 1, text.data(), text.size(), SQLITE_STATIC,
                                         SQLITE_UTF8));  // NOLINT
      }
      case Column::Type::blob: {
        if (type != SQLITE_BLOB) return refused(name, "bytes are expected");
        const void* const bytes = sqlite3_column_blob(row, at);
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, at));
        if (size > kLongestText) return refused(name, std::to_string(size) + " bytes are too many");
        return bound(sqlite3_bind_blob64(insert_.get(), at + 1, bytes == nullptr ? "" : bytes, size,
                                         SQLITE_STATIC));  // NOLINT
      }
    }
    return refused(name, "its type is unknown");
  }

  Result<void> bound(int code) const {
    if (code == SQLITE_OK) return success();
    return to_.error(code, "import");
  }

  [[nodiscard]] Error refused(std::string_view column, std::string_view why) const {
    std::string place = "table " + table_.name + ", row " + std::to_string(row_);
    if (!column.empty()) place.append(", column ").append(column);
    return from_.refused(place + ": " + std::string(why)).about(table_.name);
  }

  const ForeignConnection& from_;
  const FreshTable& table_;
  Connection& to_;
  const std::uint64_t max_rows_;
  ForeignConnection::Handle rows_;
  ForeignConnection::Handle insert_;
  std::uint64_t row_ = 0;
};

}  // namespace

Result<std::uint64_t> copy_rows(const ForeignConnection& from, const ForeignContent& content, Connection& to,
                                std::uint64_t max_rows) {
  std::uint64_t rows = 0;
  for (const FreshTable& table : content.tables) {
    STK_TRY(const std::uint64_t more, TableCopy(from, table, to, max_rows).run(rows));
    rows += more;
  }
  return rows;
}

Result<void> check_references(const ForeignConnection& from, const ForeignContent& content, Connection& to) {
  for (const FreshTable& table : content.tables) {
    for (const FreshColumn& column : table.columns) {
      if (column.rule.references.empty()) continue;
      const std::string name(column.rule.name);
      const std::string of(column.rule.references);
      STK_TRY(auto rows, prepare(to, "SELECT \"" + name + "\" FROM \"" + table.name + "\" WHERE \"" + name +
                                         "\" NOT IN (SELECT \"" + name + "\" FROM \"" + of + "\") LIMIT 1"));
      const int code = sqlite3_step(rows.get());
      if (code == SQLITE_DONE) continue;
      if (code != SQLITE_ROW) return to.error(code, "import");
      return from
          .refused("table " + table.name + ", column " + name + ": there is no row " +
                   std::to_string(sqlite3_column_int64(rows.get(), 0)) + " in table " + of)
          .about(table.name);
    }
  }
  STK_TRY(const auto broken, to.lines("PRAGMA foreign_key_check", "import"));
  if (!broken.empty()) return from.refused("table " + broken.front() + " names rows that are not there");
  return success();
}

}  // namespace stocktracker::inline v0::sqlite
