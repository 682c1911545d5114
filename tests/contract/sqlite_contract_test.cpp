// The database suite over SQLite: a folder, a file, memory.
#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/testing/database_contract.hpp>

#include "tests/support/catch_check.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

class Files final : public st::testing::StorageFactory {
 public:
  st::Result<std::shared_ptr<st::Storage>> fresh(const st::Schema& schema) override {
    path_ = folder_.file(std::to_string(++number_) + ".db");
    return again(schema);
  }
  st::Result<std::shared_ptr<st::Storage>> again(const st::Schema& schema) override {
    return st::make_sqlite_storage({.path = path_, .schema = schema});
  }

 private:
  TempFolder folder_;
  std::string path_;
  int number_ = 0;
};

class Memory final : public st::testing::StorageFactory {
 public:
  st::Result<std::shared_ptr<st::Storage>> fresh(const st::Schema& schema) override {
    return st::make_sqlite_storage({.path = ":memory:", .schema = schema});
  }
  st::Result<std::shared_ptr<st::Storage>> again(const st::Schema&) override { return st::Errc::unsupported; }
};

class Folders final : public st::testing::StorageFactory {
 public:
  st::Result<std::shared_ptr<st::Storage>> fresh(const st::Schema& schema) override {
    path_ = folder_.file(std::to_string(++number_));
    STK_TRY(auto storage, st::make_sqlite_folder({.path = path_, .schema = schema}));
    STK_TRY(storage->create_tenant(st::kDefaultTenant, {}));
    return storage;
  }
  st::Result<std::shared_ptr<st::Storage>> again(const st::Schema& schema) override {
    STK_TRY(auto storage, st::make_sqlite_folder({.path = path_, .schema = schema}));
    STK_TRY(storage->tenant(st::kDefaultTenant));  // a tenant's file reports its history when it is opened
    return storage;
  }

 private:
  TempFolder folder_;
  std::string path_;
  int number_ = 0;
};

}  // namespace

TEST_CASE("SQLite in a folder keeps the database contract") {
  Folders folders;
  CatchCheck check;
  st::testing::database_contract(folders, check);
  CHECK(check.expectations() > 110);
}

TEST_CASE("SQLite in a file keeps the database contract") {
  Files files;
  CatchCheck check;
  st::testing::database_contract(files, check);
  CHECK(check.expectations() > 80);
}

TEST_CASE("SQLite in memory keeps the database contract") {
  Memory memory;
  CatchCheck check;
  st::testing::database_contract(memory, check);
  CHECK(check.expectations() > 80);
}
