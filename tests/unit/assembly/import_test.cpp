// Files that were made to harm the store that imports them: each is refused, and leaves nothing.
#include <fcntl.h>
#include <sys/stat.h>

#include <set>

#include <stocktracker/adapters/sqlite.hpp>

#include "sync/run_machine.hpp"
#include "tests/support/foreign_file.hpp"

namespace st = stocktracker;
namespace fs = std::filesystem;

namespace {

constexpr const char* kEndless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT i FROM n";

// What somebody writes into a good export.
struct Attack {
  std::string name;
  std::string sql;
  st::Errc code = st::Errc::import_refused;
  std::string says;  // in the error's text
};

std::vector<Attack> schema_attacks() {
  const std::string endless = kEndless;
  return {
      {"a trigger", "CREATE TRIGGER steal AFTER INSERT ON level BEGIN DELETE FROM ledger; END",
       st::Errc::import_refused, "trigger steal"},
      {"a view", "CREATE VIEW peek AS SELECT * FROM level", st::Errc::import_refused, "view peek"},
      {"a view of a billion rows in a table's place",
       "DROP TABLE level; CREATE VIEW level(source_id, offer_id, warehouse_id, on_hand, reserved, to_client, "
       "from_client, state, seq) AS " +
           endless,
       st::Errc::import_refused, "view level"},
      {"a view that says it is a table",
       "DROP TABLE level; CREATE VIEW level AS " + endless +
           "; UPDATE sqlite_schema SET type = 'table', rootpage = 0 WHERE name = 'level'",
       st::Errc::store_corrupt, "malformed"},
      {"a virtual table", "CREATE VIRTUAL TABLE finder USING fts5(words)", st::Errc::import_refused,
       "virtual table finder"},
      {"another table", "CREATE TABLE loot (a)", st::Errc::import_refused, "loot"},
      {"a table less", "DROP TABLE price", st::Errc::import_refused, "price"},
      {"a generated column", "ALTER TABLE offer ADD COLUMN shout TEXT AS (upper(title))", st::Errc::import_refused,
       "offer"},
      {"a check that takes long",
       "UPDATE sqlite_schema SET sql = replace(sql, 'rows        INTEGER NOT NULL', 'rows INTEGER NOT NULL CHECK "
       "(length(hex(zeroblob(200000000))) > rows)') WHERE name = 'run_source'",
       st::Errc::import_refused, "run_source"},
      {"an index of an expression", "CREATE INDEX slow ON offer (hex(zeroblob(1000)))", st::Errc::import_refused,
       "slow"},
      {"an index of an expression under a name of ours",
       "DROP INDEX offer_article; CREATE INDEX offer_article ON offer (lower(article))", st::Errc::import_refused,
       "offer_article"},
      {"a partial index", "CREATE INDEX half ON offer (title) WHERE title > 'm'", st::Errc::import_refused, "half"},
      {"a thousand tables",
       [] {
         std::string sql;
         for (int i = 0; i < 1'000; ++i) sql += "CREATE TABLE t" + std::to_string(i) + " (a);";
         return sql;
       }(),
       st::Errc::import_refused, "more tables"},
  };
}

std::vector<Attack> row_attacks() {
  return {
      {"a newer version", "INSERT INTO migration VALUES ('tenant', 99, 'future', 1, 1)", st::Errc::store_newer,
       "update stocktracker"},
      {"another history", "UPDATE migration SET checksum = 1 WHERE number = 2", st::Errc::store_migration, "differs"},
      {"a history with a gap", "DELETE FROM migration WHERE number = 3", st::Errc::store_migration, "differs"},
      {"no history", "DROP TABLE migration", st::Errc::import_refused, "no store of stocktracker"},
      {"an empty history", "DELETE FROM migration", st::Errc::import_refused, "no history"},
      {"a path for an owner", "UPDATE owner SET tenant = '../../../etc/passwd'", st::Errc::import_refused, "owner"},
      {"two owners", "INSERT INTO owner VALUES ('01890000-0000-7000-8000-000000000001')", st::Errc::import_refused,
       "owner"},
      {"no owner", "DELETE FROM owner", st::Errc::store_unreadable, "no tenant"},
      {"an account whose id is none", "UPDATE account SET account_id = 'x'", st::Errc::import_refused,
       "table account, row 1, column account_id"},
      {"an account whose id is written otherwise", "UPDATE account SET account_id = upper(account_id)",
       st::Errc::import_refused, "table account, row 1, column account_id"},
      {"fifty megabytes in a cell",
       "INSERT INTO credential VALUES ('01931111-0000-7000-8000-000000000002', 'b', zeroblob(50000000))",
       st::Errc::import_refused, "too long"},
      {"two megabytes in a cell",
       "INSERT INTO credential VALUES ('01931111-0000-7000-8000-000000000002', 'b', zeroblob(2000000))",
       st::Errc::import_refused, "table credential, row 1, column sealed"},
      {"a name of a megabyte", "UPDATE account SET label = printf('%.*c', 100000, 'x')", st::Errc::import_refused,
       "column label"},
      {"a text that is not UTF-8", "UPDATE offer SET title = CAST(x'ff41' AS TEXT) WHERE offer_id = 3",
       st::Errc::import_refused, "table offer, row 3, column title"},
      {"half a character", "UPDATE offer SET title = CAST(x'd0' AS TEXT)", st::Errc::import_refused, "UTF-8"},
      {"a state that is none", "UPDATE source SET state = 99", st::Errc::import_refused, "column state: 99"},
      {"a movement of no kind", "UPDATE ledger SET kind = -1", st::Errc::import_refused, "column kind"},
      {"the last number",
       "UPDATE run SET run_no = 9223372036854775807; UPDATE run_source SET run_no = "
       "9223372036854775807",
       st::Errc::import_refused, "column run_no"},
      {"levels of an offer that is not there", "DELETE FROM offer WHERE offer_id = (SELECT min(offer_id) FROM level)",
       st::Errc::import_refused, "column offer_id"},
      {"facts of a warehouse that is not there",
       "UPDATE ledger SET warehouse_id = 424242 WHERE warehouse_id = (SELECT min(warehouse_id) FROM ledger)",
       st::Errc::import_refused, "table ledger, column warehouse_id: there is no row 424242"},
      {"a level below zero", "PRAGMA ignore_check_constraints = ON; UPDATE level SET on_hand = -5",
       st::Errc::import_refused, "on_hand"},
      {"two levels of one key",
       // A key with one column more orders rows that are equal by ours.
       "CREATE TABLE twice AS SELECT * FROM level LIMIT 1; DROP TABLE level; CREATE TABLE level (source_id INTEGER NOT "
       "NULL, offer_id INTEGER NOT NULL, warehouse_id INTEGER NOT NULL, on_hand INTEGER NOT NULL, reserved INTEGER, "
       "to_client INTEGER, from_client INTEGER, state INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (source_id, "
       "offer_id, warehouse_id, on_hand)) STRICT, WITHOUT ROWID; INSERT INTO level SELECT source_id, offer_id, "
       "warehouse_id, 1, 0, 0, 0, state, seq FROM twice; INSERT INTO level SELECT source_id, offer_id, warehouse_id, "
       "2, 0, 0, 0, state, seq FROM twice; DROP TABLE twice; UPDATE sqlite_schema SET sql = " +
           quoted(one_text(Export::shared().path(), "SELECT sql FROM sqlite_schema WHERE name = 'level'")) +
           " WHERE name = 'level'",
       st::Errc::import_refused, "table level, row 2"},
  };
}

// The value of a good row, by the column's rules.
std::string good_value(const st::Column& column) {
  if (column.type == st::Column::Type::text) return "'x'";
  if (column.type == st::Column::Type::blob) return "x'00'";
  return column.highest > 1'000'000 ? "987654" : "1";
}

void refuse(Customs& customs, const std::string& file, st::Errc code, const std::string& says) {
  const auto imported = customs.engine.import_tenant(file, "guest");
  REQUIRE_FALSE(imported);
  CHECK(imported.error().errc() == code);
  CHECK_THAT(imported.error().text(), Catch::Contains(says));
  CHECK(customs.traces() == customs.before);
}

void overwrite(const std::string& path, std::size_t at, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(at));
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

TEST_CASE("a file with more than the tables of a store is refused by name, and leaves nothing") {
  Customs customs;
  for (const Attack& attack : schema_attacks()) {
    INFO(attack.name);
    const std::string file = customs.file("bad.db");
    REQUIRE(run_sql(file, attack.sql));
    refuse(customs, file, attack.code, attack.says);
  }
}

TEST_CASE("a file with rows that no store has is refused by table and row, and leaves nothing") {
  Customs customs;
  for (const Attack& attack : row_attacks()) {
    INFO(attack.name);
    const std::string file = customs.file("bad.db");
    REQUIRE(run_sql(file, attack.sql));
    refuse(customs, file, attack.code, attack.says);
  }
}

TEST_CASE("a history with missing values is refused") {
  Customs customs;
  for (const char* column : {"name", "checksum"}) {
    INFO(column);
    const std::string file = customs.file("bad.db");
    REQUIRE(run_unchecked(file, "migration", "UPDATE migration SET " + std::string(column) + " = NULL"));
    // SQLite's own check sees it as well; either answer is one.
    const auto imported = customs.engine.import_tenant(file, "guest");
    CHECK(imported.error().errc() == st::Errc::import_refused);
    CHECK_THAT(imported.error().text(), Catch::Contains(column));
    CHECK(customs.traces() == customs.before);
  }
  const std::string file = customs.file("bad.db");
  REQUIRE(run_unchecked(file, "migration", "UPDATE migration SET number = 'two' WHERE number = 2"));
  refuse(customs, file, st::Errc::import_refused, "column number");
}

TEST_CASE("a value of a wrong type, or none, is refused in every column of every table") {
  TempFolder folder;
  st::ForeignFileOptions options;
  options.path = folder.file("bad.db");
  options.schema = st::schema();
  std::size_t tried = 0;
  for (const st::TableKey& table : st::schema().tables) {
    if (table.plane != st::Plane::tenant) continue;
    for (const st::Column& wrong : table.columns) {
      for (const std::string value : {"NULL", "x'c3'", "'two'", "-7"}) {
        std::string names;
        std::string values;
        for (const st::Column& column : table.columns) {
          names.append(names.empty() ? "" : ", ").append(column.name);
          values.append(values.empty() ? "" : ", ").append(column.name == wrong.name ? value : good_value(column));
        }
        // Numbers may be below zero where the rules say nothing, texts are texts, and SQLite makes texts of numbers.
        const bool number = wrong.type == st::Column::Type::integer;
        if (value == "-7" && (!number || wrong.lowest < -7)) continue;
        if (value == "'two'" && wrong.type == st::Column::Type::text) continue;
        if (value == "x'c3'" && wrong.type == st::Column::Type::blob) continue;
        const std::string place = std::string(table.table) + "." + std::string(wrong.name) + " = " + value;
        INFO(place);
        fs::copy_file(Export::shared().path(), options.path, fs::copy_options::overwrite_existing);
        const std::string definition = "SELECT \"notnull\" FROM pragma_table_info('" + std::string(table.table) +
                                       "') WHERE name = '" + std::string(wrong.name) + "'";
        if (value == "NULL" && one_text(options.path, definition) == "0") continue;
        // SQLite gives a row of these a number of its own.
        const bool numbered = value == "NULL" && table.key.size() == 1 && number && wrong.name == table.key.front();
        if (numbered) continue;
        // Keys of some tables take nothing else, even so.
        if (!run_unchecked(options.path, std::string(table.table),
                           "INSERT INTO " + std::string(table.table) + " (" + names + ") VALUES (" + values + ")")) {
          continue;
        }
        ++tried;
        const auto read = st::read_foreign_file(options, folder.file("fresh.db"));
        REQUIRE_FALSE(read);
        CHECK((read.error().errc() == st::Errc::import_refused || read.error().errc() == st::Errc::store_corrupt));
        CHECK_THAT(read.error().text(), Catch::Contains(std::string(table.table)));
        CHECK(listing(folder.path().string()) == std::set<std::string>{options.path});
      }
    }
  }
  CHECK(tried > 250);
}

TEST_CASE("what is no ordinary file is refused without being read") {
  Customs customs;
  const std::string good = customs.file("good.db");
  const std::string bad = customs.files.file("bad");
  REQUIRE(::mkfifo(bad.c_str(), 0600) == 0);
  refuse(customs, bad, st::Errc::import_refused, "no ordinary file");
  fs::remove(bad);
  fs::create_symlink(good, bad);
  refuse(customs, bad, st::Errc::import_refused, "symbolic link");
  fs::remove(bad);
  fs::create_directory(bad);
  refuse(customs, bad, st::Errc::import_refused, "no ordinary file");
  refuse(customs, "/dev/zero", st::Errc::import_refused, "no ordinary file");
  refuse(customs, customs.files.file("none.db"), st::Errc::not_found, "none.db");
  std::ofstream(bad + ".db").flush();
  refuse(customs, bad + ".db", st::Errc::import_refused, "is empty");
  std::ofstream(bad + ".db") << std::string(4'096, '\0');
  refuse(customs, bad + ".db", st::Errc::store_corrupt, "not a store");
  std::ofstream(bad + ".db") << "SQLite format 3 is a good book, and this is a letter about it";
  refuse(customs, bad + ".db", st::Errc::store_corrupt, "bad.db");
}

TEST_CASE("a damaged file is refused, wherever the damage is") {
  Customs customs;
  const auto size = fs::file_size(Export::shared().path());
  for (const auto left : {size - 1, size / 2, std::uintmax_t{5'000}, std::uintmax_t{512}, std::uintmax_t{30}}) {
    INFO(left);
    const std::string file = customs.file("short.db");
    fs::resize_file(file, left);
    const auto imported = customs.engine.import_tenant(file, "guest");
    REQUIRE_FALSE(imported);
    CHECK(imported.error().errc() == st::Errc::store_corrupt);
    CHECK(customs.traces() == customs.before);
  }
  // The root of the ledger becomes an inner page: its children are the page itself.
  const std::string file = customs.file("cycle.db");
  const auto root =
      static_cast<std::size_t>(std::stoul(one_text(file, "SELECT rootpage FROM sqlite_schema WHERE name = 'ledger'")));
  const std::string number{0, 0, static_cast<char>(root >> 8), static_cast<char>(root & 0xFF)};
  overwrite(file, (root - 1) * 4'096, std::string("\x02\x00\x00\x00\x00\x00\x00\x00", 8) + number);
  refuse(customs, file, st::Errc::store_corrupt, "damaged");
}

TEST_CASE("a file that grows while it is read ends the import") {
  Customs customs;
  const std::string file = customs.file("grows.db");
  struct Growing final : st::ProgressSink {
    explicit Growing(const std::string& path) : file(path, std::ios::app | std::ios::binary) {}
    void report(const st::Progress& step) noexcept override {
      if (step.stage == "copy") file << std::string(4'096, 'x') << std::flush;
    }
    std::ofstream file;
  };
  st::CallContext context;
  context.progress = std::make_shared<Growing>(file);
  const auto imported = customs.engine.import_tenant(file, "guest", context);
  REQUIRE_FALSE(imported);
  CHECK(imported.error().errc() == st::Errc::store_busy);
  CHECK(customs.traces() == customs.before);
}

TEST_CASE("a file with too many bytes or rows is refused") {
  TempFolder folder;
  st::ForeignFileOptions options{.path = Export::shared().path(), .schema = st::schema(), .max_bytes = 10'000};
  CHECK_THAT(st::read_foreign_file(options, folder.file("x.db")).error().text(), Catch::Contains("at most 10000"));
  options.max_bytes = 1 << 30;
  options.max_rows = 100;
  const auto read = st::read_foreign_file(options, folder.file("x.db"));
  CHECK(read.error().errc() == st::Errc::import_refused);
  CHECK_THAT(read.error().text(), Catch::Contains("more than 100 rows"));
  CHECK(listing(folder.path().string()).empty());
  options.max_rows = 0;
  CHECK(st::read_foreign_file(options, folder.file("x.db")).error().errc() == st::Errc::invalid_argument);
  // All tables together, to the row: many tables below the cap would fill a disk as well.
  options.max_rows = 20'000'000;
  const auto all = st::read_foreign_file(options, folder.file("all.db"));
  REQUIRE(all);
  options.max_rows = all.value().rows;
  CHECK(st::read_foreign_file(options, folder.file("exact.db")));
  --options.max_rows;
  CHECK(st::read_foreign_file(options, folder.file("x.db")).error().errc() == st::Errc::import_refused);
}

TEST_CASE("the ranges of stored numbers are those of the enums that readers make of them") {
  std::set<std::string> compared;
  const auto rule = [&](std::string_view table, std::string_view column) {
    compared.insert(std::string(table) + "." + std::string(column));
    for (const auto& key : st::schema().tables) {
      if (key.table != table) continue;
      for (const auto& one : key.columns) {
        if (one.name == column) return std::pair(one.lowest, one.highest);
      }
    }
    return std::pair<std::int64_t, std::int64_t>();
  };
  const auto range = [](auto first, auto last) {
    return std::pair(static_cast<std::int64_t>(first), static_cast<std::int64_t>(last));
  };
  CHECK(rule("source", "kind") == range(st::sync_run::FetchKind::fbo, st::sync_run::FetchKind::prices));
  CHECK(rule("source", "absent") == range(st::Absent::zero, st::Absent::unknown));
  for (const char* table : {"source", "run_source"}) {
    CHECK(rule(table, "state") == range(st::SourceState::ok, st::SourceState::gone));
    CHECK(rule(table, "disposition") == range(st::Disposition::not_applied, st::Disposition::held));
  }
  CHECK(rule("warehouse", "kind") == range(st::WarehouseKind::marketplace, st::WarehouseKind::undisclosed));
  CHECK(rule("offer", "state") == range(st::OfferState::listed, st::OfferState::vanished));
  CHECK(rule("product_offer", "matched_by") == range(st::ProductMatch::none, st::ProductMatch::article));
  CHECK(rule("level", "state") == range(st::PositionState::known, st::PositionState::gone));
  CHECK(rule("ledger", "kind") == range(st::MovementKind::observed, st::MovementKind::opening));
  CHECK(rule("run", "state") == range(st::RunState::running, st::RunState::cancelled));
  CHECK(rule("account_health", "state") == range(st::HealthState::ok, st::HealthState::denied));
  CHECK(rule("order_line", "status") == range(st::OrderStatus::placed, st::OrderStatus::removed));
  CHECK(rule("order_line", "kind") == range(st::StockKind::fbo, st::StockKind::fbs));
  // A column with such a range that is not compared here, and is no flag.
  for (const auto& table : st::schema().tables) {
    for (const auto& one : table.columns) {
      const bool is_flag = one.lowest == 0 && one.highest == 1;
      if (one.lowest < 0 || one.highest > 100 || is_flag) continue;
      CHECK(compared.contains(std::string(table.table) + "." + std::string(one.name)));
    }
  }
}
