// Files that somebody made for a purpose: a good export, and what can be done to it with SQLite past every rule.
#pragma once

#include <sqlite3.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <stocktracker/assembly/open.hpp>

#include "tests/support/house.hpp"
#include "tests/support/sqlite_rows.hpp"

// One tenant's export, made once, and how its store looked.
struct Export {
  static const Export& shared() {
    static const Export made;
    return made;
  }
  Export() : house(71), tenant(house.tenant("anna")) {
    account = house.seller(tenant, house.first);
    const auto engine = house.open(house.first);
    REQUIRE(engine.export_tenant(path(), {.tenant = tenant}));
    picture = House::picture(engine, tenant);
  }
  [[nodiscard]] std::string path() const { return house.folder.file("good.db"); }

  House house;
  stocktracker::TenantId tenant;
  stocktracker::AccountId account;
  std::string picture;
};

// Runs SQL with the schema writable; whether it worked.
inline bool run_sql(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  const bool done =
      sqlite3_exec(db, ("PRAGMA writable_schema = ON;" + sql).c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  if (!done) UNSCOPED_INFO(sqlite3_errmsg(db));
  sqlite3_close(db);
  return done;
}

inline std::string one_text(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  sqlite3_stmt* row = nullptr;
  REQUIRE(sqlite3_prepare_v2(db, sql.c_str(), -1, &row, nullptr) == SQLITE_OK);
  std::string text;
  if (sqlite3_step(row) == SQLITE_ROW && sqlite3_column_text(row, 0) != nullptr) {
    text = reinterpret_cast<const char*>(sqlite3_column_text(row, 0));
  }
  sqlite3_finalize(row);
  sqlite3_close(db);
  return text;
}

inline std::string quoted(const std::string& text) {
  std::string sql = "'";
  for (const char c : text) sql += c == '\'' ? "''" : std::string(1, c);
  return sql + "'";
}

inline std::string without(std::string text, const std::string& word) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word)) text.erase(at, word.size());
  return text;
}

// Runs SQL while the table has neither types nor NOT NULL, and then gives it its old text back.
inline bool run_unchecked(const std::string& path, const std::string& table, const std::string& sql) {
  const std::string name = " WHERE type = 'table' AND name = " + quoted(table);
  const std::string text = one_text(path, "SELECT sql FROM sqlite_schema" + name);
  const std::string loose = without(without(without(text, " STRICT,"), " STRICT"), " NOT NULL");
  REQUIRE(run_sql(path, "UPDATE sqlite_schema SET sql = " + quoted(loose) + name));
  const bool done = run_sql(path, sql);
  REQUIRE(run_sql(path, "UPDATE sqlite_schema SET sql = " + quoted(text) + name));
  return done;
}

inline std::set<std::string> listing(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    names.insert(entry.path().string());
  }
  return names;
}

// An installation that a file is brought to, and everything that an import could leave in it.
struct Customs {
  Customs() : house(900), engine(open()) { before = traces(); }
  ~Customs() { ::unsetenv("TMPDIR"); }
  Customs(const Customs&) = delete;
  Customs& operator=(const Customs&) = delete;

  struct Traces {
    std::set<std::string> files;
    Tables control;
    friend bool operator==(const Traces&, const Traces&) = default;
  };
  [[nodiscard]] Traces traces() const {
    Traces found{listing(house.folder.file("house")), everything_in(house.folder.file("house") + "/control.db")};
    found.files.merge(listing(temporary.path().string()));
    return found;
  }
  // A copy of the good export, to be spoilt.
  [[nodiscard]] std::string file(const std::string& name) const {
    const std::string path = files.file(name);
    std::filesystem::copy_file(good.path(), path, std::filesystem::copy_options::overwrite_existing);
    return path;
  }

  const Export& good = Export::shared();  // before TMPDIR changes
  TempFolder temporary;
  TempFolder files;
  House house;
  stocktracker::Engine engine;
  Traces before;

 private:
  stocktracker::Engine open() {
    ::setenv("TMPDIR", temporary.path().c_str(), 1);
    house.opened = 500;  // other ids than those of the good export
    return house.open(house.first);
  }
};
