// Stores in which every table has rows and every column has values: what copies are compared by.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <stocktracker/adapters/sqlite.hpp>

#include "ports/row_scope.hpp"
#include "sql/schema/walled.hpp"
#include "tests/support/house.hpp"
#include "tests/support/sqlite_rows.hpp"

namespace full_planes {

namespace st = stocktracker;

using Row = std::vector<std::string>;
using Rows = std::map<std::string, std::vector<Row>>;  // by table, sorted

inline constexpr const char* kNull = "null";
inline constexpr int kTenants = 3;

// Rows are copied 4,096 at a time: some tables of one tenant have a batch, some one row more or less than batches.
inline int rows_of_table(std::string_view table, int of_tenant) {
  if (of_tenant != 2) return 3;
  if (table == "setting") return 2 * 4'096 + 1;
  if (table == "offer_threshold") return 4'096;
  return 3;
}

inline st::Uuid uuid(int family, int number) {
  return st::Uuid::v7(st::Instant::from_seconds(1'700'000'000 + family), static_cast<std::uint16_t>(family),
                      static_cast<std::uint64_t>(number));
}
inline st::TenantId tenant(int number) { return st::TenantId(uuid(1, number)); }
// Of each tenant its own.
inline std::string account(int of_tenant, int number) { return uuid(100 + of_tenant, number).text(); }

// The accounts of the tenant that the directory lists: those that are connected.
inline std::set<std::string> listed(int of_tenant) { return {account(of_tenant, 1), account(of_tenant, 2)}; }

// What the product's own migrations say, read from a store that they made: table -> column -> whether it may be null.
struct Catalogue {
  static const Catalogue& shared() {
    static const Catalogue made;
    return made;
  }
  Catalogue() {
    TempFolder folder;
    auto made = st::make_sqlite_folder({.path = folder.file("s"), .schema = st::schema()}).value();
    REQUIRE(made->create_tenant(tenant(1), {}));
    read(st::Plane::control, folder.file("s/control.db"));
    read(st::Plane::tenant, folder.file("s/tenants/" + tenant(1).text() + ".db"));
  }
  void read(st::Plane plane, const std::string& path) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
    for (const std::string& table : plain(db, "SELECT name FROM sqlite_schema WHERE type = 'table'")) {
      if (table == "migration" || table == "owner") continue;  // a store's own, each has them for itself
      names[plane].insert(table);
      columns[table] = plain(db, "SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid");
      for (const std::string& column :
           plain(db, "SELECT name FROM pragma_table_info('" + table + "') WHERE \"notnull\" = 0")) {
        nullable.insert(table + "." + column);
      }
    }
    sqlite3_close(db);
  }
  static std::vector<std::string> plain(sqlite3* db, const std::string& sql) {
    std::vector<std::string> texts;
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      texts.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)));
    }
    sqlite3_finalize(statement);
    return texts;
  }
  std::map<st::Plane, std::set<std::string>> names;
  std::map<std::string, std::vector<std::string>> columns;
  std::set<std::string> nullable;  // "table.column"
};

inline bool in_key(const st::TableKey& table, std::string_view column) {
  return std::find(table.key.begin(), table.key.end(), column) != table.key.end();
}

inline bool is_null(const st::TableKey& table, const st::Column& column, int row) {
  const std::string name = std::string(table.table) + "." + std::string(column.name);
  if (name == "account.disconnected_at") return row % 3 != 0;  // the third account alone is disconnected
  return row % 3 == 2 && !in_key(table, column.name) && Catalogue::shared().nullable.contains(name);
}

inline std::int64_t number_of(const st::TableKey& table, const st::Column& column, int row) {
  if (!column.references.empty() || in_key(table, column.name)) return row;
  std::int64_t place = 7;  // each column has numbers of its own: one in another's place is seen
  for (const char c : std::string(table.table) + std::string(column.name)) place = (place * 31 + c) % 9'973;
  if (column.highest - column.lowest < 100 && column.lowest >= 0) {
    return column.lowest + row % (column.highest - column.lowest + 1);
  }
  if (column.lowest == INT64_MIN && row % 3 == 0) return (std::int64_t{1} << 53) + 1 + 2 * place;  // no double has it
  return 1 + place * 5 + row % 5;
}

inline std::string text_of(const st::TableKey& table, const st::Column& column, int of_tenant, int row) {
  if (column.name == "tenant_id") return tenant(row).text();
  if (column.name == "account_id") {
    return table.plane == st::Plane::control ? account(row, 1) : account(of_tenant, 1 + (row - 1) % 3);
  }
  const std::string number = std::to_string(row);
  if (column.name == "event_id") return uuid(200 + of_tenant, row).text();
  if (column.name == "run_id") return uuid(300 + of_tenant, row).text();
  if (column.name == "user_id") return uuid(400, row).text();
  if (table.table == "tenant" && column.name == "state") {
    return row == 1 ? "active" : row == 2 ? "suspended" : "quarantined";
  }
  if (column.type == st::Column::Type::blob) return std::string("\x00\xff\x01|", 4) + number + std::string(table.table);
  return std::string(table.table) + "." + std::string(column.name) + " \xd0\x96'\"\n" + number;
}

// A transaction reaches the rows of one tenant at a time.
inline bool is_walled(const st::TableKey& table) {
  const auto& walled = st::sql::kWalledTables;
  return std::find(walled.begin(), walled.end(), table.table) != walled.end();
}

// Every table of the plane gets rows; the accounts are those of `of_tenant`.
inline void fill(st::Database& database, int of_tenant) {
  const auto write = [&](st::Transaction& tx) -> st::Result<void> {
    for (const st::TableKey& table : st::schema().tables) {
      if (table.plane != database.plane()) continue;
      const bool blobs = is_walled(table) || std::any_of(table.columns.begin(), table.columns.end(), [](const auto& c) {
                           return c.type == st::Column::Type::blob;
                         });
      const int rows = rows_of_table(table.table, of_tenant);
      for (int first = 1; first <= rows; first += blobs ? 1 : rows) {
        if (is_walled(table)) {
          STK_TRY(st::limit_rows(tx, tenant(first)));
        }
        std::deque<std::vector<std::int64_t>> numbers;
        std::deque<std::vector<std::string>> texts;
        std::deque<std::vector<std::string_view>> views;
        std::deque<std::vector<std::uint8_t>> nulls;
        std::vector<st::SqlColumn> columns;
        for (const st::Column& column : table.columns) {
          auto& own_numbers = numbers.emplace_back();
          auto& own_texts = texts.emplace_back();
          auto& own_nulls = nulls.emplace_back();
          for (int row = first; row < first + (blobs ? 1 : rows); ++row) {
            own_nulls.push_back(is_null(table, column, row) ? 1 : 0);
            own_numbers.push_back(number_of(table, column, row));
            own_texts.push_back(text_of(table, column, of_tenant, row));
          }
          const bool number = column.type == st::Column::Type::integer;
          if (blobs) {
            const bool blob = column.type == st::Column::Type::blob;
            columns.push_back(st::SqlColumn::constant(column.name, own_nulls.front() != 0 ? st::SqlValue()
                                                                   : number ? st::SqlValue(own_numbers.front())
                                                                   : blob   ? st::SqlValue::blob(own_texts.front())
                                                                            : st::SqlValue(own_texts.front())));
          } else if (number) {
            columns.push_back(st::SqlColumn::integers(column.name, own_numbers, own_nulls));
          } else {
            auto& own_views = views.emplace_back(own_texts.begin(), own_texts.end());
            columns.push_back(st::SqlColumn::texts(column.name, own_views, own_nulls));
          }
        }
        STK_TRY(tx.bulk_upsert(table.table, st::OnConflict::fail, columns));
      }
    }
    return st::success();
  };
  const auto filled = database.transact({}, st::TransactMode::bulk, write);
  REQUIRE((filled ? std::string() : filled.error().text()) == "");
}

inline st::Result<void> read_rows(st::RowCursor& rows, const st::TableKey& table, std::vector<Row>& into) {
  while (true) {
    STK_TRY(const bool more, rows.next());
    if (!more) return st::success();
    Row& row = into.emplace_back();
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const int at = static_cast<int>(i);
      const bool number = table.columns[i].type == st::Column::Type::integer;
      row.push_back(rows.is_null(at) ? kNull
                    : number         ? std::to_string(rows.integer(at))
                                     : "=" + std::string(rows.text(at)));
    }
  }
}

// All rows of a plane; asked through the seam, so that stores of different makes can be compared.
inline Rows rows_in(st::Database& database) {
  static std::set<std::string> kept;  // drivers know a statement by the address of its text
  Rows all;
  const auto read = [&](st::Transaction& tx) -> st::Result<void> {
    all.clear();
    for (const st::TableKey& table : st::schema().tables) {
      if (table.plane != database.plane()) continue;
      const std::string name(table.table);
      std::string columns;
      for (const st::Column& column : table.columns) columns.append(columns.empty() ? "" : ", ").append(column.name);
      const std::string text = "SELECT " + columns + " FROM " + name;
      const st::Statement every{table.table, *kept.insert(text).first};
      const st::Statement of_one{table.table, *kept.insert(text + " WHERE tenant_id = $1").first};
      std::vector<Row>& into = all[name];
      for (int number = 1; is_walled(table) && number <= kTenants; ++number) {
        const std::string id = tenant(number).text();
        STK_TRY(st::limit_rows(tx, tenant(number)));
        STK_TRY(auto rows, tx.query(of_one, {id}));
        STK_TRY(read_rows(*rows, table, into));
      }
      if (!is_walled(table)) {
        STK_TRY(auto rows, tx.query(every));
        STK_TRY(read_rows(*rows, table, into));
      }
      std::sort(into.begin(), into.end());
    }
    return st::success();
  };
  REQUIRE(database.transact({}, st::TransactMode::read, read));
  return all;
}

inline Rows tenant_rows(st::Storage& storage, const st::TenantId& id) {
  const auto database = storage.tenant(id);
  REQUIRE(database);
  return rows_in(*database.value());
}

inline std::size_t place_of(const std::string& table, const std::string& column) {
  const auto& columns = Catalogue::shared().columns.at(table);
  const auto found = std::find(columns.begin(), columns.end(), column);
  REQUIRE(found != columns.end());
  return static_cast<std::size_t>(found - columns.begin());
}

inline Rows without(Rows rows, const std::vector<std::string>& tables) {
  for (const std::string& table : tables) rows.at(table).clear();
  return rows;
}
// No process that held credentials before a plane was put in its place holds them for it.
inline Rows without_stamps(Rows rows) {
  for (Row& row : rows.at("account")) row[place_of("account", "credential_stamp")] = "=";
  std::sort(rows.at("account").begin(), rows.at("account").end());
  return rows;
}
inline Rows renamed(Rows rows, const std::string& from, const std::string& to) {
  for (auto& [table, lines] : rows) {
    for (Row& row : lines) std::replace(row.begin(), row.end(), "=" + from, "=" + to);
    std::sort(lines.begin(), lines.end());
  }
  return rows;
}

// The first difference, in few words; empty where there is none.
inline std::string difference(const Rows& is, const Rows& should) {
  for (const auto& [table, rows] : should) {
    const auto found = is.find(table);
    if (found == is.end()) return table + " is not there";
    if (found->second.size() != rows.size()) {
      return table + " has " + std::to_string(found->second.size()) + " rows, not " + std::to_string(rows.size());
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t c = 0; c < rows[i].size(); ++c) {
        if (found->second[i][c] == rows[i][c]) continue;
        return table + "." + Catalogue::shared().columns.at(table)[c] + " is " + found->second[i][c] + ", not " +
               rows[i][c];
      }
    }
  }
  return is.size() == should.size() ? "" : "there are more tables";
}

// A store and how an engine is opened over it.
struct Store {
  std::shared_ptr<st::Storage> storage;
  std::function<st::Engine()> open;
};

// A folder, the same folder through the copies of rows that other databases need, or what House::make_storage makes.
enum class Make { folder, rows, of_house };

inline std::vector<Make> makes() {
  if (House::make_storage) return {Make::of_house};
  return {Make::folder, Make::rows};
}

struct Stores {
  Store empty(Make make) {
    Store store;
    const std::string path = folder.file("store" + std::to_string(++made));
    const auto executor = st::make_inline_executor();
    if (make == Make::of_house) {
      std::string place;
      store.storage = House::make_storage(place);
    } else {
      store.storage = st::make_sqlite_folder({.path = path, .schema = st::schema()}).value();
    }
    if (make == Make::folder) {
      store.open = [path, executor] { return st::open({.path = path + "/", .executor = executor}).value(); };
    } else {
      store.open = [storage = store.storage, executor] {
        return st::open({.storage = storage, .executor = executor}).value();
      };
    }
    return store;
  }
  // With three tenants, one of each state that has data, and rows in every table.
  Store full(Make make) {
    Store store = empty(make);
    fill(store.storage->control(), 0);
    for (int number = 1; number <= kTenants; ++number) {
      REQUIRE(store.storage->create_tenant(tenant(number), {}));
      fill(*store.storage->tenant(tenant(number)).value(), number);
    }
    return store;
  }
  // No row is left: what a restore leaves out stays away.
  static void wipe(Store& store, int number) {
    auto plane = store.storage->tenant(tenant(number)).value();
    static std::set<std::string> kept;
    const auto write = [&](st::Transaction& tx) -> st::Result<void> {
      for (const st::TableKey& table : st::schema().tables) {
        if (table.plane != st::Plane::tenant) continue;
        const std::string text = "DELETE FROM " + std::string(table.table);
        STK_TRY(tx.execute(st::Statement{table.table, *kept.insert(text).first}));
      }
      return st::success();
    };
    REQUIRE(plane->transact({}, st::TransactMode::bulk, write));
  }
  // As `full` for one tenant, but other rows than a copy of it.
  void spoil(Store& store, int number) const {
    auto plane = store.storage->tenant(tenant(number)).value();
    const auto write = [&](st::Transaction& tx) -> st::Result<void> {
      static constexpr st::Statement kLess{"test.less", "DELETE FROM price"};
      static constexpr st::Statement kOther{"test.other", "UPDATE setting SET value = 'spoilt'"};
      STK_TRY(tx.execute(kLess));
      STK_TRY(tx.execute(kOther));
      return st::success();
    };
    REQUIRE(plane->transact({}, st::TransactMode::bulk, write));
  }

  TempFolder folder;
  int made = 0;
};

}  // namespace full_planes
