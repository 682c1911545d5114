// Every row of a file, past every seam.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

inline std::vector<std::string> rows_of(sqlite3* db, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  std::vector<std::string> rows;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    std::string row;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, i));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
      row += std::to_string(sqlite3_column_type(statement, i)) + ":" + std::to_string(size) + ":";
      if (size > 0) row.append(bytes, size);
      row += "|";
    }
    rows.push_back(std::move(row));
  }
  sqlite3_finalize(statement);
  std::sort(rows.begin(), rows.end());
  return rows;
}

using Tables = std::map<std::string, std::vector<std::string>>;

// Every row of every table.
inline Tables everything_in(const std::string& path) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
  Tables tables;
  for (const auto& row : rows_of(db, "SELECT name FROM sqlite_schema WHERE type = 'table'")) {
    const std::string name = row.substr(row.rfind(':') + 1, row.size() - row.rfind(':') - 2);
    tables[name] = rows_of(db, "SELECT * FROM " + name);
  }
  sqlite3_close(db);
  return tables;
}
