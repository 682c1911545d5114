// The driver's own connections: what each is switched to, and what SQLite's codes mean.
#include <sqlite3.h>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/error_map.hpp"
#include "adapters/sqlite/migrations.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/adapters/sqlite/notes.hpp"

namespace st = stocktracker;
namespace driver = stocktracker::sqlite;
using driver::Connection;

namespace {

std::string one(Connection& connection, const std::string& sql) {
  const auto lines = connection.lines(sql, "test");
  REQUIRE(lines);
  REQUIRE(lines.value().size() == 1);
  return lines.value().front();
}

int switched(Connection& connection, int which) {
  int on = -1;
  REQUIRE(sqlite3_db_config(connection.get(), which, -1, &on) == SQLITE_OK);
  return on;
}

}  // namespace

TEST_CASE("SQLite: each connection is switched to what its use needs") {
  const TempFolder folder;
  for (const bool durable : {false, true}) {
    for (const bool overwrite : {false, true}) {
      st::SqliteOptions options{.path = folder.file("store.db"), .schema = notes::schema()};
      options.durable_commits = durable;
      options.overwrite_deleted = overwrite;
      options.cache_kib = 777;
      for (const auto use : {Connection::Use::write, Connection::Use::write_existing, Connection::Use::read}) {
        const bool writes = use != Connection::Use::read;
        INFO("writes " << writes << ", durable " << durable << ", overwrites " << overwrite);
        const auto connection = Connection::open(options, use).value();
        if (use == Connection::Use::write) REQUIRE(driver::migrate(*connection));
        CHECK(one(*connection, "PRAGMA foreign_keys") == "1");
        CHECK(one(*connection, "PRAGMA temp_store") == "2");  // texts of tenants lie in no file of their own
        CHECK(one(*connection, "PRAGMA journal_mode") == "wal");
        CHECK(one(*connection, "PRAGMA query_only") == (writes ? "0" : "1"));
        CHECK(switched(*connection, SQLITE_DBCONFIG_ENABLE_TRIGGER) == 0);
        CHECK(switched(*connection, SQLITE_DBCONFIG_ENABLE_VIEW) == 0);
        CHECK(switched(*connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA) == 0);
        CHECK(switched(*connection, SQLITE_DBCONFIG_DEFENSIVE) == 1);
        if (!writes) continue;
        CHECK(one(*connection, "PRAGMA synchronous") == (durable ? "2" : "1"));
        // Some builds of SQLite overwrite anyway.
        if (overwrite) CHECK(one(*connection, "PRAGMA secure_delete") == "1");
        CHECK(one(*connection, "PRAGMA journal_size_limit") == "67108864");
        CHECK(one(*connection, "PRAGMA cache_size") == "-777");
      }
    }
  }
}

TEST_CASE("SQLite: each code has its meaning, with what to do about it") {
  struct Meaning {
    int code;
    st::Errc meaning;
    bool retryable;
    const char* remedy;
  };
  constexpr Meaning kMeanings[]{
      {SQLITE_BUSY, st::Errc::store_busy, true, "try again"},
      {SQLITE_BUSY_SNAPSHOT, st::Errc::store_busy, true, "try again"},
      {SQLITE_BUSY_RECOVERY, st::Errc::store_busy, true, "try again"},
      {SQLITE_LOCKED, st::Errc::store_busy, true, "try again"},
      {SQLITE_PROTOCOL, st::Errc::store_busy, true, "try again"},
      {SQLITE_CONSTRAINT, st::Errc::store_constraint, false, ""},
      {SQLITE_CONSTRAINT_PRIMARYKEY, st::Errc::store_constraint, false, ""},
      {SQLITE_CONSTRAINT_UNIQUE, st::Errc::store_constraint, false, ""},
      {SQLITE_CONSTRAINT_NOTNULL, st::Errc::store_constraint, false, ""},
      {SQLITE_CONSTRAINT_FOREIGNKEY, st::Errc::store_constraint, false, ""},
      {SQLITE_CONSTRAINT_CHECK, st::Errc::store_constraint, false, ""},
      {SQLITE_CORRUPT, st::Errc::store_corrupt, false, "backup"},
      {SQLITE_CORRUPT_INDEX, st::Errc::store_corrupt, false, "backup"},
      {SQLITE_NOTADB, st::Errc::store_corrupt, false, "name another file"},
      {SQLITE_READONLY, st::Errc::store_read_only, false, "writable"},
      {SQLITE_READONLY_DBMOVED, st::Errc::store_read_only, false, "writable"},
      {SQLITE_FULL, st::Errc::store_full, true, "free space"},
      {SQLITE_CANTOPEN, st::Errc::store_unreadable, false, "folder exists"},
      {SQLITE_PERM, st::Errc::store_unreadable, false, "read and write"},
      {SQLITE_AUTH, st::Errc::store_unreadable, false, "read and write"},
      {SQLITE_IOERR, st::Errc::io_failed, true, "check the disk"},
      {SQLITE_IOERR_FSYNC, st::Errc::io_failed, true, "check the disk"},
      {SQLITE_IOERR_WRITE, st::Errc::io_failed, true, "check the disk"},
      {SQLITE_ABORT_ROLLBACK, st::Errc::store_rolled_back, true, ""},
      {SQLITE_NOMEM, st::Errc::internal, false, "memory"},
      {SQLITE_INTERRUPT, st::Errc::cancelled, false, ""},
      {SQLITE_TOOBIG, st::Errc::out_of_range, false, ""},
      {SQLITE_ERROR, st::Errc::store_sql, false, ""},
      {SQLITE_MISUSE, st::Errc::store_sql, false, ""},
  };
  for (const Meaning& one : kMeanings) {
    INFO(one.code);
    const st::Error error = driver::translate(one.code, nullptr, "note.put", "/shop/store.db");
    CHECK(to_string(error.errc()) == std::string(to_string(one.meaning)));
    CHECK(error.retryable() == one.retryable);
    CHECK(notes::holds(error.message(), one.remedy));
    CHECK(notes::holds(error.message(), "/shop/store.db"));
    CHECK_FALSE(notes::holds(error.message(), "database is locked"));
    CHECK(error.details().operation == "note.put");
    CHECK(error.details().vendor_code == std::to_string(one.code));
  }
}

TEST_CASE("SQLite: statements of callers reach the tables of their plane, and nothing else") {
  const auto storage = st::make_sqlite_storage({.path = ":memory:", .schema = notes::schema()}).value();
  const auto refused = [&](st::Database& plane, const st::Statement& statement, st::Errc code) {
    INFO(statement.sql);
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      if (statement.sql.starts_with("SELECT") || statement.sql.starts_with("WITH")) {
        STK_TRY(auto rows, tx.query(statement));
        STK_TRY(rows->next());
      } else {
        STK_TRY(tx.execute(statement));
      }
      return st::success();
    };
    const auto done = plane.transact({}, st::TransactMode::write, body);
    REQUIRE_FALSE(done);
    CHECK(to_string(done.error().errc()) == std::string(to_string(code)));
  };
  const auto tenant = storage->tenant({}).value();
  constexpr st::Statement kSql[]{
      {"history", "SELECT count(*) FROM migration"},
      {"forget", "DELETE FROM migration"},
      {"history.rows", "SELECT number FROM migration"},
      {"schema", "SELECT count(*) FROM sqlite_schema"},
      {"schema.rows", "SELECT sql FROM sqlite_master"},
      {"pragma.table", "SELECT name FROM pragma_table_info('note')"},
      {"pragma", "PRAGMA synchronous = OFF"},
      {"attach", "ATTACH ':memory:' AS other"},
      {"drop", "DROP TABLE note"},
      {"create", "CREATE TABLE other (id INTEGER)"},
      {"temp", "CREATE TEMP TABLE other (id INTEGER)"},
      {"commit", "COMMIT"},
      {"insert", "INSERT INTO note (note_id) VALUES (1)"},
      {"replace", "REPLACE INTO note (note_id) VALUES (1)"},
      {"two", "SELECT count(*) FROM note; DELETE FROM note"},
      {"none", ""},
  };
  for (const st::Statement& statement : kSql) {
    refused(*tenant, statement, st::Errc::store_sql);
    if (statement.name != "two") refused(storage->control(), statement, st::Errc::store_sql);
  }
  refused(*tenant, {"jobs", "SELECT count(*) FROM job"}, st::Errc::store_wrong_plane);
  refused(*tenant, {"jobs.rows", "SELECT job_id FROM note JOIN job ON job_id = note_id"}, st::Errc::store_wrong_plane);
  refused(*tenant, {"jobs.drop", "DELETE FROM job"}, st::Errc::store_wrong_plane);
  refused(*tenant, {"jobs.change", "UPDATE job SET job_id = 2"}, st::Errc::store_wrong_plane);
  refused(storage->control(), {"notes", "SELECT count(*) FROM note"}, st::Errc::store_wrong_plane);
}

// A body that waits for its own writer, or takes a second reader, would hold a fleet up.
TEST_CASE("SQLite: a body that begins another transaction is refused, wherever it begins it") {
  const TempFolder folder;
  const auto storage = st::make_sqlite_storage({.path = folder.file("store.db"), .schema = notes::schema()}).value();
  const auto tenant = storage->tenant({}).value();
  const auto nothing = [](st::Transaction&) -> st::Result<void> { return st::success(); };
  const auto code = [](const st::Result<void>& done) { return done ? st::Errc::internal : done.error().errc(); };
  const st::TransactMode modes[]{st::TransactMode::read, st::TransactMode::write, st::TransactMode::bulk};
  for (const auto outer : modes) {
    for (const auto inner : modes) {
      const auto body = [&](st::Transaction&) -> st::Result<void> {
        const st::CallContext hurried{.timeout = std::chrono::milliseconds(50)};  // one that is let in shall not wait
        CHECK(code(tenant->transact(hurried, inner, nothing)) == st::Errc::store_nested);
        CHECK(code(storage->control().transact(hurried, inner, nothing)) == st::Errc::store_nested);
        return st::success();
      };
      CHECK(tenant->transact({}, outer, body));
    }
  }
}
