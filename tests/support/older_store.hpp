// SQL that makes a SQLite store of this version into one of an older version, for tests of what happens to such a
// store.
#pragma once

#include <sstream>
#include <string>

#include <stocktracker/assembly/open.hpp>

/// Takes back each migration of the tenant plane after the first `kept`: its indexes, columns and tables, by its SQL.
inline std::string back_to(int kept) {
  std::string indexes;
  std::string columns;
  std::string tables;
  for (const stocktracker::Migration& migration : stocktracker::schema().migrations) {
    if (migration.plane != stocktracker::Plane::tenant || migration.number <= kept) continue;
    std::istringstream lines{std::string(migration.sqlite)};
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string verb;
      std::string kind;
      std::string name;
      words >> verb >> kind >> name;
      if (kind == "UNIQUE") words >> name;  // CREATE UNIQUE INDEX name
      if (verb == "CREATE" && kind == "TABLE") tables += "DROP TABLE " + name + "; ";
      if (verb == "CREATE" && kind != "TABLE") indexes += "DROP INDEX " + name + "; ";
      if (verb != "ALTER") continue;
      std::string add;
      std::string what;
      std::string column;
      words >> add >> what >> column;
      if (add == "ADD" && what == "COLUMN") columns += "ALTER TABLE " + name + " DROP COLUMN " + column + "; ";
    }
  }
  return indexes + columns + tables + "DELETE FROM migration WHERE plane = 'tenant' AND number > " +
         std::to_string(kept);
}
