// Opening a store of SQLite: options, and what is refused.
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "tests/support/catch.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/adapters/sqlite/notes.hpp"

namespace st = stocktracker;
using notes::holds;

namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Exit code of a child that opens the file as an ordinary user: 0 success, else the last two digits of the code.
int open_as_nobody(const std::string& path, bool read_only) {
  ChildProcess child([&] {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return 97;
    const auto opened = st::make_sqlite_storage({.path = path, .schema = notes::schema(), .read_only = read_only});
    if (!opened && !holds(opened.error().message(), path)) return 96;
    return opened ? 0 : static_cast<int>(opened.error().errc()) - 3000;
  });
  return child.code();
}

constexpr int code_of(st::Errc code) { return static_cast<int>(code) - 3000; }

}  // namespace

TEST_CASE("SQLite: one error reports every problem of the options") {
  const st::SqliteOptions bad{
      .path = "", .busy_timeout = std::chrono::seconds(-1), .readers = 0, .group_window = std::chrono::seconds(-1)};
  const auto refused = bad.validate();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().errc() == st::Errc::invalid_argument);
  for (const char* field : {"path", "busy_timeout", "readers", "group_window"}) {
    CHECK(holds(refused.error().message(), field));
  }
  CHECK_FALSE(st::make_sqlite_storage(bad));
  CHECK_FALSE(st::SqliteOptions{.path = ":memory:", .read_only = true}.validate());
  const std::array gap{notes::kMigrations[0], notes::kMigrations[2]};
  CHECK_FALSE(st::SqliteOptions{.path = "x.db", .schema = {gap, notes::kTables}}.validate());
  const std::array twice{notes::kTables[0], notes::kTables[0]};
  CHECK_FALSE(st::SqliteOptions{.path = "x.db", .schema = {{}, twice}}.validate());
}

TEST_CASE("SQLite: what is no store is refused, named and left alone") {
  const TempFolder folder;
  const auto refused = [&](const std::string& path, st::Errc code, const char* remedy) {
    const auto opened = st::make_sqlite_storage({.path = path, .schema = notes::schema()});
    REQUIRE_FALSE(opened);
    INFO(opened.error().text());
    CHECK(opened.error().errc() == code);
    CHECK(holds(opened.error().message(), path));
    CHECK(holds(opened.error().message(), remedy));
  };
  refused(folder.path(), st::Errc::store_unreadable, "name a file in it");
  refused(folder.file("missing/store.db"), st::Errc::store_unreadable, "folder exists");

  const std::string garbage(5000, 'x');
  const std::string text = folder.write("letter.txt", garbage);
  refused(text, st::Errc::invalid_argument, "name another file");
  CHECK(bytes_of(text) == garbage);

  // A database of another program, in its own journal mode.
  const std::string foreign = folder.file("foreign.db");
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(foreign.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, "CREATE TABLE theirs (x INTEGER)", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  const std::string before = bytes_of(foreign);
  refused(foreign, st::Errc::store_migration, "name another file");
  CHECK(bytes_of(foreign) == before);
}

TEST_CASE("SQLite: a pipe in place of a store is refused and named, not waited for") {
  const TempFolder folder;
  const std::string pipe = folder.file("pipe.db");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const std::string link = folder.file("link.db");
  REQUIRE(::symlink(pipe.c_str(), link.c_str()) == 0);
  const std::string beside = folder.file("beside.db");
  REQUIRE(st::make_sqlite_storage({.path = beside, .schema = notes::schema()}));
  REQUIRE(::mkfifo((beside + "-journal").c_str(), 0600) == 0);
  for (const std::string& path : {pipe, link, beside}) {
    for (const bool read_only : {false, true}) {
      // In a child, which an alarm ends: where the store waits, it waits without an end.
      ChildProcess child([&] {
        ::alarm(10);
        const auto opened = st::make_sqlite_storage({.path = path, .schema = notes::schema(), .read_only = read_only});
        if (opened || !holds(opened.error().message(), path)) return 96;
        return code_of(opened.error().errc());
      });
      INFO(path);
      CHECK(child.code() == code_of(st::Errc::store_unreadable));
    }
  }
}

TEST_CASE("SQLite: a trigger that somebody put into a store does not run, and a view in place of a table is not read") {
  const TempFolder folder;
  const std::string path = folder.file("store.db");
  REQUIRE(notes::put(*st::make_sqlite_storage({.path = path, .schema = notes::schema()}).value(), 1, "one"));
  const auto put_in = [&](const char* sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
    REQUIRE(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(db);
  };
  put_in("CREATE TRIGGER forget AFTER INSERT ON note BEGIN DELETE FROM note WHERE note_id < new.note_id; END");
  {
    auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema()}).value();
    REQUIRE(notes::put(*storage, 2, "two"));
    REQUIRE(notes::put(*storage, 3, "three", st::TransactMode::bulk));
    CHECK(notes::count(*storage).value() == 3);
  }
  put_in("DROP TRIGGER forget; ALTER TABLE note RENAME TO hidden; CREATE VIEW note AS SELECT * FROM hidden");
  for (const bool read_only : {false, true}) {
    const auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema(), .read_only = read_only});
    REQUIRE(storage);
    CHECK_FALSE(notes::count(*storage.value()));
  }
}

TEST_CASE("SQLite: reading only neither makes, migrates nor writes") {
  const TempFolder folder;
  const std::string path = folder.file("store.db");
  const auto missing = st::make_sqlite_storage({.path = path, .schema = notes::schema(), .read_only = true});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().errc() == st::Errc::store_unreadable);
  CHECK(::access(path.c_str(), F_OK) != 0);

  {
    auto old = st::make_sqlite_storage({.path = path, .schema = notes::schema(1)}).value();
    REQUIRE(notes::put(*old, 1, "one"));
  }
  const auto older = st::make_sqlite_storage({.path = path, .schema = notes::schema(2), .read_only = true});
  REQUIRE_FALSE(older);
  CHECK(older.error().errc() == st::Errc::store_older);
  CHECK(holds(older.error().message(), "tenant migration 2 (marks)"));
  CHECK(holds(older.error().message(), "open it once for writing"));

  auto reader = st::make_sqlite_storage({.path = path, .schema = notes::schema(1), .read_only = true}).value();
  CHECK(notes::count(*reader).value() == 1);
  CHECK(notes::put(*reader, 2, "two").error().errc() == st::Errc::store_read_only);
  CHECK(notes::put(*reader, 2, "two", st::TransactMode::bulk).error().errc() == st::Errc::store_read_only);
}

TEST_CASE("SQLite: a failing migration leaves the store as it was") {
  const TempFolder folder;
  const std::string path = folder.file("store.db");
  REQUIRE(notes::put(*st::make_sqlite_storage({.path = path, .schema = notes::schema(1)}).value(), 1, "one"));
  const auto broken = st::make_sqlite_storage({.path = path, .schema = notes::schema(3)});
  REQUIRE_FALSE(broken);
  CHECK(holds(broken.error().message(), "tenant migration 3 (broken)"));
  CHECK(holds(broken.error().message(), path));
  // The second migration is good and stays; of the third nothing does.
  auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema(2)}).value();
  CHECK(notes::count(*storage).value() == 1);
}

TEST_CASE("SQLite: missing permissions are reported with the file and the remedy") {
  const TempFolder folder;
  REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  const std::string path = folder.file("store.db");
  CHECK(open_as_nobody(path, false) == (::geteuid() == 0 ? code_of(st::Errc::store_unreadable) : 0));
  if (::geteuid() != 0) return skipped("another user is needed, and only root can become one");

  {
    auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema()}).value();
    REQUIRE(notes::put(*storage, 1, "one"));
  }
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  CHECK(open_as_nobody(path, false) == code_of(st::Errc::store_read_only));
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  CHECK(open_as_nobody(path, false) == code_of(st::Errc::store_unreadable));
  CHECK(open_as_nobody(path, true) == code_of(st::Errc::store_unreadable));
}

TEST_CASE("SQLite: a reader who may not write the folder learns what to do") {
  if (::geteuid() != 0) return skipped("another user is needed, and only root can become one");
  const TempFolder folder;
  REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  const std::string path = folder.file("store.db");
  {
    auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema()}).value();
    REQUIRE(notes::put(*storage, 1, "one"));
  }
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  const auto open = [&](const char* expected) {
    ChildProcess child([&] {
      if (::setgid(65534) != 0 || ::setuid(65534) != 0) return 97;
      const auto opened = st::make_sqlite_storage({.path = path, .schema = notes::schema(), .read_only = true});
      if (opened) return *expected == '\0' ? 0 : 1;
      if (opened.error().details().vendor != "sqlite") return 3;
      return opened.error().kind() == st::ErrorKind::denied && holds(opened.error().message(), expected) ? 0 : 2;
    });
    return child.code();
  };
  CHECK(open("let this user write the folder, or open a backup") == 0);
  REQUIRE(::chmod(folder.path().c_str(), 0777) == 0);
  CHECK(open("") == 0);
}

TEST_CASE("SQLite: processes that make the same store at once agree") {
  const TempFolder folder;
  const std::string path = folder.file("store.db");
  Signal begin;
  const auto make = [&](int id) {
    return [&, id] {
      begin.wait();
      auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema()});
      if (!storage) {
        std::fprintf(stderr, "%s\n", storage.error().text().c_str());  // the child's only way to say why
        return 1;
      }
      return notes::put(*storage.value(), id, "note " + std::to_string(id)) ? 0 : 2;
    };
  };
  {
    ChildProcess a(make(1));
    ChildProcess b(make(2));
    ChildProcess c(make(3));
    for (int i = 0; i < 3; ++i) begin.send_signal();
    CHECK(a.code() == 0);
    CHECK(b.code() == 0);
    CHECK(c.code() == 0);
  }
  auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema()}).value();
  CHECK(notes::count(*storage).value() == 3);
}

TEST_CASE("SQLite: the doctor reports damage as a finding") {
  const TempFolder folder;
  const std::string path = folder.file("store.db");
  {
    auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema()}).value();
    for (int id = 0; id < 2000; ++id) {
      REQUIRE(notes::put(*storage, id, std::string(100, 'n') + std::to_string(id)));
    }
  }
  auto storage = st::make_sqlite_storage({.path = path, .schema = notes::schema(), .read_only = true}).value();
  const auto ok = [&](std::string_view subject) {
    const auto findings = storage->examine({}).value();
    for (const st::StorageFinding& finding : findings) {
      if (finding.subject == subject) return finding.ok;
    }
    FAIL("nothing about " << subject);
    return false;
  };
  CHECK(ok("integrity"));
  CHECK(ok("schema"));
  CHECK(ok("journal"));
  {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(20 * 4096);
    file << std::string(3 * 4096, '\x5a');
  }
  CHECK_FALSE(ok("integrity"));
  CHECK(ok("journal"));
  folder.write("store.db", std::string(100, 'x'));
  const auto findings = storage->examine({});
  REQUIRE(findings);
  CHECK_FALSE(findings.value().front().ok);
}

TEST_CASE("SQLite: a restored tenant is the backup, and the log of the file that was lost is not read into it") {
  // What is left of the lost file is its log: rows that came after the backup would come back, and no others.
  const TempFolder folder;
  const auto tenant = st::TenantId::parse("01890000-0000-7000-8000-00000000000a").value();
  const std::string house = folder.file("house");
  const std::string file = house + "/tenants/" + tenant.text() + ".db";
  // A restore copies rows, and so has to know the columns.
  using Type = st::Column::Type;
  static constexpr std::array kJobs{st::Column{"job_id"}};
  static constexpr std::array kNotes{st::Column{"note_id"}, st::Column{"body", Type::text}, st::Column{"mark"}};
  static constexpr std::array kTables{st::TableKey{st::Plane::tenant, "note", notes::kKey, kNotes},
                                      st::TableKey{st::Plane::control, "job", notes::kJobKey, kJobs}};
  const st::Schema schema{notes::schema().migrations, kTables};
  const auto open = [&] { return st::make_sqlite_folder({.path = house, .schema = schema}).value(); };
  const auto put = [&](st::Storage& storage, std::int64_t id) {
    const auto write = [&](st::Transaction& transaction) { return notes::put(transaction, id, std::to_string(id)); };
    return storage.tenant(tenant).value()->transact({}, st::TransactMode::write, write);
  };
  std::string log;
  {
    const auto storage = open();
    REQUIRE(storage->create_tenant(tenant, {}));
    REQUIRE(put(*storage, 1));
    REQUIRE(storage->backup(folder.file("backup.db"), {.tenant = tenant}));
    REQUIRE(put(*storage, 2));
    log = bytes_of(file + "-wal");
  }
  REQUIRE(log.size() > 4'096);
  REQUIRE(::unlink(file.c_str()) == 0);
  std::ofstream(file + "-wal", std::ios::binary) << log;
  const auto storage = open();
  REQUIRE_FALSE(storage->tenant(tenant));
  const auto restored = storage->restore_tenant(tenant, folder.file("backup.db"), {});
  if (!restored) FAIL(restored.error().text());
  std::int64_t found = 0;
  const auto count = [&](st::Transaction& transaction) -> st::Result<void> {
    STK_TRY(auto rows, transaction.query(notes::kCount));
    STK_TRY(const bool any, rows->next());
    if (any) found = rows->integer(0);
    return st::success();
  };
  REQUIRE(storage->tenant(tenant).value()->transact({}, st::TransactMode::read, count));
  CHECK(found == 1);
}

TEST_CASE("SQLite: a backup to a name that is taken is refused before anything is copied") {
  // A large store would be copied for minutes, onto a disk that has to hold it twice, for nothing.
  const TempFolder folder;
  const auto storage = st::make_sqlite_storage({.path = folder.file("store.db"), .schema = notes::schema()}).value();
  REQUIRE(notes::put(*storage, 1, "one"));
  std::ofstream(folder.file("taken")) << "somebody's";
  class Counted final : public st::ProgressSink {
   public:
    void report(const st::Progress&) noexcept override { ++reports; }
    int reports = 0;
  };
  const auto progress = std::make_shared<Counted>();
  st::CallContext context;
  context.progress = progress;
  CHECK(storage->backup(folder.file("taken"), context).error().errc() == st::Errc::invalid_argument);
  CHECK(progress->reports == 0);
  CHECK(bytes_of(folder.file("taken")) == "somebody's");
  REQUIRE(storage->backup(folder.file("free"), context));
  CHECK(progress->reports > 0);
}
