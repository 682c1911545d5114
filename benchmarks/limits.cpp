// The bare passes of limits.hpp: simdjson and SQLite without the library.
#include "limits.hpp"

#include <simdjson.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <stocktracker/assembly/open.hpp>

namespace bench {
namespace {

namespace ondemand = simdjson::ondemand;

void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "limit: %s\n", what);
  std::abort();
}

void run(sqlite3* db, const char* sql) {
  must(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(db));
}

std::uint64_t number(simdjson::simdjson_result<ondemand::value> value) {
  return static_cast<std::uint64_t>(std::int64_t(value.get_int64()));
}

std::uint64_t length(simdjson::simdjson_result<ondemand::value> value) {
  return std::string_view(value.get_string()).size();
}

simdjson::padded_string_view padded(const std::string& body) {
  return simdjson::padded_string_view(body.data(), body.size(), body.capacity());
}

}  // namespace

std::uint64_t bare_stock_pass(const std::string& body) {
  static ondemand::parser parser;
  auto document = parser.iterate(padded(body));
  std::uint64_t sum = 0;
  for (auto item : document["data"]["items"]) {
    auto row = item.get_object();
    sum += number(row["nmId"]) + number(row["chrtId"]) + number(row["warehouseId"]);
    sum += length(row["warehouseName"]) + length(row["regionName"]);
    sum += number(row["quantity"]) + number(row["inWayToClient"]) + number(row["inWayFromClient"]);
  }
  return sum;
}

std::uint64_t bare_cards_pass(const std::string& body) {
  static ondemand::parser parser;
  auto document = parser.iterate(padded(body));
  std::uint64_t sum = 0;
  for (auto item : document["cards"]) {
    auto card = item.get_object();
    sum += number(card["nmID"]) + length(card["vendorCode"]) + length(card["brand"]) + length(card["title"]);
    for (auto element : card["sizes"]) {
      auto size = element.get_object();
      sum += number(size["chrtID"]) + length(size["techSize"]);
      for (auto sku : size["skus"]) sum += std::string_view(sku.get_string()).size();
    }
  }
  auto cursor = document["cursor"];
  return sum + length(cursor["updatedAt"]) + number(cursor["nmID"]) + number(cursor["total"]);
}

std::uint64_t bare_seller_pass(const std::string& body) {
  static ondemand::parser parser;
  auto document = parser.iterate(padded(body));
  std::uint64_t sum = 0;
  for (auto item : document["stocks"]) {
    auto row = item.get_object();
    sum += number(row["chrtId"]) + number(row["amount"]);
  }
  return sum;
}

std::uint64_t bare_pass(const Payloads& payloads) {
  std::uint64_t sum = bare_stock_pass(payloads.stock_page);
  for (const auto& page : payloads.cards) sum += bare_cards_pass(page);
  for (const auto& answer : payloads.seller_stock) sum += bare_seller_pass(answer.body);
  return sum;
}

std::string fresh_db(const char* name) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("stk-bench-" + std::to_string(::getpid()) + "-" + name)).string();
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
  return path;
}

std::string filled_store(const char* name, const std::function<void(const RunSql& run)>& fill) {
  std::string path = fresh_db(name);
  { (void)stocktracker::open({.path = path}).value(); }
  sqlite3* db = nullptr;
  must(sqlite3_open(path.c_str(), &db) == SQLITE_OK, "the store cannot be opened");
  run(db, "BEGIN");
  fill([db](const std::string& sql) { run(db, sql.c_str()); });
  run(db, "COMMIT");
  sqlite3_close(db);
  return path;
}

sqlite3* create(const std::string& path) {
  sqlite3* db = nullptr;
  must(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr) ==
           SQLITE_OK,
       "open");
  run(db, "PRAGMA journal_mode = WAL");
  run(db, "PRAGMA synchronous = NORMAL");
  run(db, "PRAGMA cache_size = -8192");
  for (const auto& migration : stocktracker::schema().migrations) run(db, std::string(migration.sqlite).c_str());
  return db;
}

std::vector<TableRows> dump(const std::string& path) {
  sqlite3* db = nullptr;
  must(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK, "open");
  std::vector<TableRows> tables;
  for (const auto& [table, order] : std::initializer_list<std::pair<const char*, const char*>>{
           {"offer", "offer_id"},
           {"offer_barcode", "offer_id, barcode"},
           {"warehouse", "warehouse_id"},
           {"level", "source_id, offer_id, warehouse_id"},
           {"ledger", "offer_id, warehouse_id, observed_at, seq"},
           {"product_offer", "offer_id"},
           {"read_model", "name"}}) {
    TableRows rows{table, {}, {}};
    sqlite3_stmt* statement = nullptr;
    const std::string sql = std::string("SELECT * FROM ") + table + " ORDER BY " + order;
    must(sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK, sqlite3_errmsg(db));
    const int columns = sqlite3_column_count(statement);
    for (int i = 0; i < columns; ++i) rows.columns.emplace_back(sqlite3_column_name(statement, i));
    while (sqlite3_step(statement) == SQLITE_ROW) {
      for (int i = 0; i < columns; ++i) {
        const int type = sqlite3_column_type(statement, i);
        TableRows::Cell cell{type, 0, {}};
        if (type == SQLITE_INTEGER) cell.integer = sqlite3_column_int64(statement, i);
        if (type == SQLITE_TEXT) cell.text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        rows.cells.push_back(std::move(cell));
      }
    }
    sqlite3_finalize(statement);
    tables.push_back(std::move(rows));
  }
  sqlite3_close(db);
  return tables;
}

void raw_inserts(sqlite3* db, const std::vector<TableRows>& tables) {
  run(db, "BEGIN IMMEDIATE");
  for (const TableRows& rows : tables) {
    std::string sql = "INSERT INTO " + rows.table + " VALUES (?";
    for (std::size_t i = 1; i < rows.columns.size(); ++i) sql += ", ?";
    sqlite3_stmt* statement = nullptr;
    must(sqlite3_prepare_v2(db, (sql + ")").c_str(), -1, &statement, nullptr) == SQLITE_OK, sqlite3_errmsg(db));
    const std::size_t width = rows.columns.size();
    for (std::size_t at = 0; at < rows.cells.size(); at += width) {
      for (std::size_t i = 0; i < width; ++i) {
        const TableRows::Cell& cell = rows.cells[at + i];
        const int parameter = static_cast<int>(i) + 1;
        if (cell.type == SQLITE_INTEGER) {
          sqlite3_bind_int64(statement, parameter, cell.integer);
        } else if (cell.type == SQLITE_NULL) {
          sqlite3_bind_null(statement, parameter);
        } else {
          sqlite3_bind_text(statement, parameter, cell.text.data(), static_cast<int>(cell.text.size()), SQLITE_STATIC);
        }
      }
      must(sqlite3_step(statement) == SQLITE_DONE, sqlite3_errmsg(db));
      sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
  }
  run(db, "COMMIT");
}

std::uint64_t bare_level_scan(sqlite3* db) {
  sqlite3_stmt* statement = nullptr;
  must(sqlite3_prepare_v2(
           db, "SELECT offer_id, warehouse_id, on_hand, reserved, to_client, from_client, state, seq FROM level", -1,
           &statement, nullptr) == SQLITE_OK,
       "prepare");
  std::uint64_t sum = 0;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    for (int i = 0; i < 8; ++i) sum += static_cast<std::uint64_t>(sqlite3_column_int64(statement, i));
  }
  sqlite3_finalize(statement);
  return sum;
}

}  // namespace bench
