// A store for one seller: the master key seals the credentials themselves.
#include <fstream>
#include <sstream>

#include <sqlite3.h>

#include "tests/support/house.hpp"

namespace st = stocktracker;

namespace {

st::Engine open(const House& house, const std::string& file, const std::string& key) {
  return st::open({.path = file,
                   .key_file = key,
                   .limits = st::LimitTable{},
                   .transport = house.first.transport(),
                   .clock = house.first.clock(),
                   .executor = st::make_inline_executor()})
      .value();
}

// Past the library: the sealed texts as they lie in the file.
std::vector<std::string> sealed_in(const std::string& file) {
  sqlite3* db = nullptr;
  sqlite3_stmt* rows = nullptr;
  std::vector<std::string> sealed;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_prepare_v2(db, "SELECT sealed FROM credential", -1, &rows, nullptr) == SQLITE_OK);
  while (sqlite3_step(rows) == SQLITE_ROW) {
    sealed.emplace_back(static_cast<const char*>(sqlite3_column_blob(rows, 0)),
                        static_cast<std::size_t>(sqlite3_column_bytes(rows, 0)));
  }
  sqlite3_finalize(rows);
  sqlite3_close(db);
  return sealed;
}

std::string bytes_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("in a store for one seller the master key is rotated, and its old seals are gone from the file") {
  House house;
  const std::string file = house.folder.file("shop.db");
  const std::string key = house.folder.file("shop.key");
  st::AccountId account;
  {
    auto engine = open(house, file, key);
    account =
        engine.accounts().connect(st::wildberries::credentials(house.first.token(st::Channel::wildberries))).value().id;
  }
  const auto before = sealed_in(file);
  REQUIRE_FALSE(before.empty());
  for (const std::string& text : before) REQUIRE(bytes_of(file).find(text) != std::string::npos);
  {
    auto engine = open(house, file, key);
    auto working = open(house, file, key);
    auto keys = engine.keys();
    CHECK(keys.rotate_data().error().errc() == st::Errc::unsupported);
    const auto report = keys.rotate_master().value();
    CHECK(report.made == 1);
    CHECK(report.sealed_anew == static_cast<std::int64_t>(before.size()));
    CHECK(report.left == 0);
    const auto status = keys.status().value();
    REQUIRE(status.master.size() == 2);
    CHECK(status.master[0].sealed == report.sealed_anew);
    CHECK(status.master[1].unused());
    CHECK(status.data.empty());
    CHECK(working.sync().run(account));
  }
  for (const std::string& text : before) {
    CHECK(bytes_of(file).find(text) == std::string::npos);
    CHECK(bytes_of(file + "-wal").find(text) == std::string::npos);
  }
  std::string line;
  std::string base64;
  {
    std::ifstream lines(key);
    lines >> line >> base64;
  }
  std::ofstream(key) << line << ' ' << base64 << '\n';
  CHECK(open(house, file, key).sync().run(account));
}
