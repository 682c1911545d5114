// Released migrations stay as stores hold them, and a store of each released version is migrated to what a new one is.
#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/inventory/listings.hpp>

#include "core/hash.hpp"
#include "tests/support/released_migrations.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

class File {
 public:
  explicit File(const std::string& path) { REQUIRE(sqlite3_open(path.c_str(), &db_) == SQLITE_OK); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { sqlite3_close(db_); }

  // Every row, its values in SQL's form.
  [[nodiscard]] std::vector<std::vector<std::string>> rows(const std::string& sql) const {
    sqlite3_stmt* statement = nullptr;
    INFO(sql);
    REQUIRE(sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
    std::vector<std::vector<std::string>> all;
    int code = sqlite3_step(statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
      std::vector<std::string> row;
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        row.emplace_back(text == nullptr ? "null" : text);
      }
      all.push_back(std::move(row));
    }
    sqlite3_finalize(statement);
    REQUIRE(code == SQLITE_DONE);
    return all;
  }
  [[nodiscard]] std::vector<std::string> names(const std::string& sql) const {
    std::vector<std::string> first;
    for (const auto& row : rows(sql)) first.push_back(row.front());
    return first;
  }
  [[nodiscard]] std::vector<std::string> tables() const {
    return names("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('migration', 'owner')");
  }
  [[nodiscard]] std::vector<std::string> columns(const std::string& table) const {
    return names("SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid");
  }
  // A row with a value in each column.
  void fill(const std::string& table) const {
    std::string values;
    for (const std::string& type : names("SELECT type FROM pragma_table_info('" + table + "') ORDER BY cid")) {
      values += values.empty() ? "" : ", ";
      values += type == "INTEGER" ? "4" : type == "TEXT" ? "'kept'" : "x'4b'";
    }
    CHECK(rows("INSERT INTO " + table + " VALUES (" + values + ")").empty());
  }

 private:
  sqlite3* db_ = nullptr;
};

st::Result<std::shared_ptr<st::Storage>> open_with(const std::string& path, const st::Schema& schema) {
  st::SqliteOptions options;
  options.path = path;
  options.schema = schema;
  return st::make_sqlite_storage(std::move(options));
}

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

// Tables in which a migration changes rows that are there. What it changes needs a test of its own.
const std::set<std::string> kRowsChange{};

constexpr const char* kObjects = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";

}  // namespace

// A migration that was released and has another text now: put its text back, and append a migration instead. A new one:
// STK_KEEP_MIGRATIONS=1 in the environment writes its texts and checksums, which belong into the same commit.
TEST_CASE("a released migration stays as it was, to the byte, in both dialects") {
  for (const st::Migration& is : st::schema().migrations) {
    INFO(released::plane_name(is.plane) << " migration " << is.number);
    const auto was = std::find_if(released::all().begin(), released::all().end(), [&](const released::Migration& one) {
      return one.plane == is.plane && one.number == is.number;
    });
    const auto sqlite_checksum = static_cast<std::int64_t>(st::hash64(is.sqlite));
    if (was == released::all().end()) {
      const bool keep = std::getenv("STK_KEEP_MIGRATIONS") != nullptr;
      if (keep) released::keep(is, sqlite_checksum);
      FAIL_CHECK((keep ? "is kept now: run this again" : "is new: run this with STK_KEEP_MIGRATIONS=1"));
      continue;
    }
    CHECK(std::string(is.sqlite) == was->sqlite);
    CHECK(std::string(is.postgres) == was->postgres);
    CHECK(sqlite_checksum == was->sqlite_checksum);
    CHECK(released::postgres_checksum(is.postgres) == was->postgres_checksum);
  }
  CHECK(st::schema().migrations.size() >= released::all().size());
}

TEST_CASE("SQLite: a store of every released version is migrated to what a new one is, and keeps its rows") {
  const TempFolder folder;
  const std::string fresh = folder.file("fresh.db");
  REQUIRE(open_with(fresh, st::schema()));
  const auto objects = File(fresh).rows(kObjects);
  const auto history = File(fresh).rows("SELECT plane, number, name, checksum FROM migration ORDER BY plane, number");
  REQUIRE(history.size() == released::all().size());
  for (std::size_t i = 0; i < history.size(); ++i) {
    const released::Migration& was = released::all()[i];
    CHECK(history[i][0] + history[i][1] == released::plane_name(was.plane) + std::to_string(was.number));
    CHECK(history[i][3] == std::to_string(was.sqlite_checksum));
  }
  int versions = 0;
  for (int control = 1; control <= released::newest(st::Plane::control); ++control) {
    for (int tenant = 1; tenant <= released::newest(st::Plane::tenant); ++tenant) {
      INFO("control " << control << ", tenant " << tenant);
      const std::string path = folder.file("version" + std::to_string(++versions) + ".db");
      const auto migrations = released::of_version(control, tenant);
      REQUIRE(open_with(path, {migrations, st::schema().tables}));
      std::map<std::string, std::vector<std::string>> columns;
      std::map<std::string, std::vector<std::vector<std::string>>> before;
      {
        const File file(path);
        for (const std::string& table : file.tables()) {
          file.fill(table);
          columns[table] = file.columns(table);
          before[table] = file.rows("SELECT * FROM " + table);
        }
      }
      const auto opened = open_with(path, st::schema());
      CHECK((opened ? "" : opened.error().text()) == "");
      const File file(path);
      CHECK(file.rows(kObjects) == objects);
      CHECK(file.rows("SELECT plane, number, checksum FROM migration ORDER BY plane, number") ==
            File(fresh).rows("SELECT plane, number, checksum FROM migration ORDER BY plane, number"));
      for (const auto& [table, names] : columns) {
        INFO(table);
        const auto after = file.rows("SELECT " + list_of(names) + " FROM " + table);
        CHECK(after.size() == before[table].size());
        if (!kRowsChange.contains(table)) CHECK(after == before[table]);
      }
    }
  }
  CHECK(versions == released::newest(st::Plane::control) * released::newest(st::Plane::tenant));
}

TEST_CASE("SQLite: the migration to numbered events numbers those of each tenant in the order of their arrival") {
  const TempFolder folder;
  const std::string path = folder.file("older.db");
  const auto migrations = released::of_version(4, released::newest(st::Plane::tenant));
  REQUIRE(open_with(path, {migrations, st::schema().tables}));
  {
    File file(path);
    const auto put = [&](const std::string& id, const std::string& tenant, int relayed_at) {
      CHECK(file.rows("INSERT INTO tenant_event VALUES ('" + id + "', '" + tenant + "', 't', '{}', 1, " +
                      std::to_string(relayed_at) + ")")
                .empty());
    };
    put("e1", "anna", 30);
    put("e2", "anna", 10);
    put("e3", "boris", 20);
    put("e4", "anna", 20);
  }
  const auto opened = open_with(path, st::schema());
  REQUIRE(opened);
  const File file(path);
  using Rows = std::vector<std::vector<std::string>>;
  CHECK(file.rows("SELECT event_id, number FROM tenant_event ORDER BY event_id") ==
        Rows{{"e1", "3"}, {"e2", "1"}, {"e3", "1"}, {"e4", "2"}});
  CHECK(file.rows("SELECT tenant_id, number FROM event_counter ORDER BY tenant_id") ==
        Rows{{"anna", "3"}, {"boris", "1"}});
}

TEST_CASE("SQLite: a store without products is migrated, computes them, and is then read without writing") {
  const TempFolder folder;
  const std::string path = folder.file("older.db");
  const auto migrations = released::of_version(released::newest(st::Plane::control), 8);
  REQUIRE(open_with(path, {migrations, st::schema().tables}));
  {
    const File file(path);
    int offer = 0;
    for (const std::string account : {"01a20a90-0000-7000-8000-00000000000a", "01a20a90-0000-7000-8000-00000000000b"}) {
      CHECK(file.rows("INSERT INTO account (account_id, channel, seller_key, seller_name, label, connected_at, "
                      "credential_stamp) VALUES ('" +
                      account + "', 'bazaar', '" + account + "', 's', '" + account + "', 1, '')")
                .empty());
      for (const std::string article : {"mug", ""}) {
        const std::string id = std::to_string(++offer);
        CHECK(file.rows("INSERT INTO offer (offer_id, account_id, offer_key, listing, article, title, brand, size, "
                        "state, content_hash) VALUES (" +
                        id + ", '" + account + "', 'k" + id + "', '', '" + article + "', '', '', '', 1, 1)")
                  .empty());
      }
    }
  }
  const auto read = [&]() -> st::Result<std::vector<st::Product>> {
    STK_TRY(const auto engine, st::open({.path = path, .read_only = true}));
    return engine.listings().products().collect();
  };
  CHECK(read().error().errc() == st::Errc::store_older);
  const st::Engine engine = st::open({.path = path}).value();
  CHECK(read().error().errc() == st::Errc::store_read_only);
  const auto computed = engine.listings().recompute_products().value();
  CHECK(computed.offers == 4);
  CHECK(computed.changed == 4);
  const auto products = read().value();
  REQUIRE(products.size() == 3);
  CHECK(products.front().match == st::ProductMatch::article);
  CHECK(products.front().offers.size() == 2);
}
