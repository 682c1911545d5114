// Tenants as files: stamps, keys, folders.
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <stocktracker/adapters/sqlite.hpp>

#include "tests/support/house.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a store in one file has one tenant") {
  auto engine = st::open({.path = ":memory:"}).value();
  CHECK(engine.tenants().list().collect().value().at(0).id == st::kDefaultTenant);
  CHECK(engine.tenants().create("another").error().errc() == st::Errc::unsupported);
  CHECK(engine.tenants().suspend(st::kDefaultTenant).error().errc() == st::Errc::unsupported);
  CHECK(engine.tenants().remove(st::kDefaultTenant).error().errc() == st::Errc::unsupported);
}

TEST_CASE("each tenant's credentials have a key of their own, and removing destroys it") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  const auto annas = house.seller(anna, house.first);
  const auto boriss = house.seller(boris, house.second);
  {
    // A new process opens them again.
    auto engine = house.open(house.first);
    CHECK(engine.sync().run(annas, {.tenant = anna}).value().state == st::RunState::ok);
  }
  const std::filesystem::path root = house.folder.file("house");
  const auto file_of = [&](const st::TenantId& tenant) { return root / "tenants" / (tenant.text() + ".db"); };
  // Anna's file, kept by somebody, put where boris's is: nothing of it opens.
  const auto copy = house.folder.file("copy.db");
  std::filesystem::copy_file(file_of(anna), copy);
  std::filesystem::copy_file(copy, file_of(boris), std::filesystem::copy_options::overwrite_existing);
  {
    auto engine = house.open(house.first);
    CHECK(engine.sync().run(annas, {.tenant = boris}).error().errc() == st::Errc::tenant_quarantined);
    CHECK(engine.stock().columns({}, {.tenant = boris}).error().message().find(anna.text()) != std::string::npos);
  }
  // Nor when its owner is forged.
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(file_of(boris).c_str(), &raw) == SQLITE_OK);
  REQUIRE(sqlite3_exec(raw, ("UPDATE owner SET tenant = '" + boris.text() + "'").c_str(), nullptr, nullptr, nullptr) ==
          SQLITE_OK);
  sqlite3_close(raw);
  {
    auto engine = house.open(house.first);
    REQUIRE(engine.tenants().resume(boris));
    CHECK(engine.sync().run(annas, {.tenant = boris}).error().errc() == st::Errc::seal_broken);
    CHECK(engine.sync().run(boriss, {.tenant = boris}).error().errc() == st::Errc::not_found);
    CHECK(engine.tenants().remove(anna));
  }
  // Anna is gone; her file comes back from a backup, her key does not.
  std::filesystem::copy_file(copy, file_of(anna));
  auto engine = house.open(house.first);
  CHECK(engine.sync().run(annas, {.tenant = anna}).error().errc() == st::Errc::not_found);
  CHECK_FALSE(engine.tenants().find("anna"));
}

TEST_CASE("a tenant's key leaves no bytes behind") {
  House house;
  const auto anna = house.tenant("anna");
  std::string sealed;
  const std::filesystem::path root = house.folder.file("house");
  {
    auto storage = st::make_sqlite_folder({.path = root.string(), .schema = st::schema()}).value();
    static constexpr st::Statement kSealed{"test.sealed", "SELECT sealed FROM tenant_key"};
    const auto read = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(auto rows, tx.query(kSealed));
      STK_TRY(const bool any, rows->next());
      if (any) sealed = rows->text(0);
      return st::success();
    };
    REQUIRE(storage->control().transact({}, st::TransactMode::read, read));
  }
  REQUIRE(sealed.size() > 40);
  REQUIRE(bytes_of(root / "control.db").find(sealed) != std::string::npos);
  {
    auto engine = house.open(house.first);
    CHECK(engine.tenants().remove(anna));
  }
  for (const char* name : {"control.db", "control.db-wal"}) {
    CHECK(bytes_of(root / name).find(sealed) == std::string::npos);
  }
}

TEST_CASE("many tenants use a bounded number of files") {
  House house;
  st::SqliteFolderOptions options{.path = house.folder.file("many"), .schema = st::schema(), .open_tenants = 8};
  auto storage = st::make_sqlite_folder(options).value();
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  };
  const auto before = open_files();
  std::vector<st::TenantId> tenants;
  for (std::uint64_t i = 0; i < 60; ++i) {
    tenants.emplace_back(st::Uuid::v7(st::Instant::from_seconds(5), 1, i));
    REQUIRE(storage->create_tenant(tenants.back(), {}));
  }
  static constexpr st::Statement kCount{"test.count", "SELECT count(*) FROM account"};
  for (int round = 0; round < 3; ++round) {
    for (const auto& tenant : tenants) {
      auto database = storage->tenant(tenant).value();
      const auto read = [&](st::Transaction& tx) -> st::Result<void> {
        STK_TRY(auto rows, tx.query(kCount));
        STK_TRY(const bool any, rows->next());
        CHECK(any);
        return st::success();
      };
      CHECK(database->transact({}, st::TransactMode::read, read));
    }
  }
  CHECK(open_files() - before <= 8 * 6);  // file, log and shared memory of two connections
}

TEST_CASE("a folder of other things is no store") {
  House house;
  const std::string path = house.folder.file("letters");
  std::filesystem::create_directory(path);
  std::ofstream(path + "/letter.txt") << "dear shop";
  const auto opened = st::open({.path = path});
  CHECK(opened.error().errc() == st::Errc::store_unreadable);
  CHECK(opened.error().message().find("is a folder") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(path + "/control.db"));
  CHECK(st::open({.path = path + "/new/"}));
  CHECK(st::open({.path = path + "/new"}));  // it is one now
}
