// The physical limits: the bare libraries process the same bytes and the same rows.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "payloads.hpp"

namespace bench {

// simdjson On-Demand over the body, reading the fields that the library reads and adding them up.
std::uint64_t bare_stock_pass(const std::string& body);
std::uint64_t bare_cards_pass(const std::string& body);
std::uint64_t bare_seller_pass(const std::string& body);
std::uint64_t bare_pass(const Payloads& payloads);

// All rows of one table, in the order of the store.
struct TableRows {
  std::string table;
  std::vector<std::string> columns;
  struct Cell {
    int type;
    std::int64_t integer;
    std::string text;
  };
  std::vector<Cell> cells;  // row by row
};

// Rows of the tables that a load fills, in the order of their keys.
std::vector<TableRows> dump(const std::string& db);
// A new file with the product's tables; opened as the library opens it.
sqlite3* create(const std::string& db);
// Prepared inserts in one transaction.
void raw_inserts(sqlite3* db, const std::vector<TableRows>& tables);
// Reads every level and adds up the numbers.
std::uint64_t bare_level_scan(sqlite3* db);

// A fresh path; the file and its companions are removed.
std::string fresh_db(const char* name);

// A store of the library, filled by SQL in one transaction, which aborts the program if it fails.
using RunSql = std::function<void(const std::string& sql)>;
std::string filled_store(const char* name, const std::function<void(const RunSql& run)>& fill);

}  // namespace bench
