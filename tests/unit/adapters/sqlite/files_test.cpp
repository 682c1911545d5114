// Files of SQLite that are no stores, read-only or in use by another process.
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/open.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

st::Result<std::shared_ptr<st::Storage>> store(const std::string& path, bool read_only = false) {
  return st::make_sqlite_storage({.path = path, .schema = st::schema(), .read_only = read_only, .busy_timeout = 50ms});
}

}  // namespace

TEST_CASE("files that are no stores are refused by name, and left as they are") {
  const TempFolder folder;
  const auto refused = [&](const std::string& path, st::Errc code) {
    const auto opened = store(path);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().errc() == code);
    CHECK(opened.error().message().find(path) != std::string::npos);
  };
  refused(folder.path().string(), st::Errc::store_unreadable);
  refused(folder.file("missing/shop.db"), st::Errc::store_unreadable);

  const std::string garbage = folder.file("garbage.db");
  const std::string text(4096, 'g');
  std::ofstream(garbage) << text;
  refused(garbage, st::Errc::invalid_argument);
  std::ifstream in(garbage);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == text);

  const std::string foreign = folder.file("foreign.db");
  constexpr st::Migration kForeign[]{{st::Plane::tenant, 1, "theirs", "CREATE TABLE theirs (id INTEGER)", ""}};
  { REQUIRE(st::make_sqlite_storage({.path = foreign, .schema = {kForeign, {}}})); }
  refused(foreign, st::Errc::store_migration);
  CHECK(store(folder.file("missing.db"), true).error().errc() == st::Errc::store_unreadable);
  CHECK_FALSE(std::filesystem::exists(folder.file("missing.db")));
}

TEST_CASE("a store that was opened for reading is read, never written") {
  const TempFolder folder;
  const std::string path = folder.file("shop.db");
  { REQUIRE(store(path)); }
  auto reader = store(path, true).value();
  const auto body = [](st::Transaction&) -> st::Result<void> { return st::success(); };
  CHECK(reader->control().transact({}, st::TransactMode::write, body).error().errc() == st::Errc::store_read_only);
  CHECK(reader->control().transact({}, st::TransactMode::read, body));
}

TEST_CASE("another process that writes is waited for, then named") {
  const TempFolder folder;
  const std::string path = folder.file("shop.db");
  REQUIRE(store(path));
  int to_child[2];
  int to_parent[2];
  REQUIRE(pipe(to_child) == 0);
  REQUIRE(pipe(to_parent) == 0);
  const pid_t child = fork();
  if (child == 0) {
    // Holds the write lock until the parent ends it.
    char byte = 'x';
    auto theirs = store(path);
    const auto hold = [&](st::Transaction&) -> st::Result<void> {
      if (write(to_parent[1], &byte, 1) != 1 || read(to_child[0], &byte, 1) != 1) return st::Errc::internal;
      return st::success();
    };
    const bool fine = theirs && theirs.value()->control().transact({}, st::TransactMode::bulk, hold);
    _exit(fine ? 0 : 1);
  }
  char byte = 0;
  REQUIRE(read(to_parent[0], &byte, 1) == 1);
  auto ours = store(path).value();  // after the fork: a child must not open what its parent has open
  const auto body = [](st::Transaction&) -> st::Result<void> { return st::success(); };
  const auto busy = ours->control().transact({}, st::TransactMode::write, body);
  CHECK(busy.error().errc() == st::Errc::store_busy);
  CHECK(busy.error().message().find(path) != std::string::npos);
  CHECK(busy.error().retryable());
  CHECK(ours->control().transact({}, st::TransactMode::read, body));  // readers are not in the way
  REQUIRE(write(to_child[1], &byte, 1) == 1);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(ours->control().transact({}, st::TransactMode::write, body));
  for (const int fd : {to_child[0], to_child[1], to_parent[0], to_parent[1]}) close(fd);
}

TEST_CASE("options name every problem") {
  constexpr st::Migration kGap[]{{st::Plane::tenant, 2, "second", "SELECT 1", ""}};
  const auto refused = st::make_sqlite_storage({.path = "", .schema = {kGap, {}}, .busy_timeout = -1us, .readers = 0});
  REQUIRE_FALSE(refused);
  for (const char* field : {"path", "readers", "busy_timeout", "schema.migrations"})
    CHECK(refused.error().message().find(field) != std::string::npos);
}
