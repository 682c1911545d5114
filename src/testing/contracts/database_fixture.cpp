// What the cases of the database contract stand on: a small schema of both planes, and a fresh storage with it.
#include "testing/contracts/database_cases.hpp"

namespace stocktracker::inline v0::testing::contract {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kControl = "CREATE TABLE office (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL);";
constexpr std::string_view kTenant =
    "CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY, name TEXT, amount INTEGER);"
    "CREATE TABLE entry (id INTEGER NOT NULL, seq INTEGER NOT NULL, note TEXT, PRIMARY KEY (id, seq));"
    "CREATE TABLE parcel (id INTEGER NOT NULL PRIMARY KEY, data BLOB);";
constexpr std::string_view kAltered = "CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY, name TEXT);";
constexpr std::string_view kMore = "CREATE TABLE later (id INTEGER NOT NULL PRIMARY KEY);";

constexpr std::string_view kControlPg =
    "CREATE TABLE office (id BIGINT NOT NULL PRIMARY KEY, name TEXT COLLATE \"C\" NOT NULL);";
constexpr std::string_view kTenantPg =
    "CREATE TABLE item (tenant_id UUID NOT NULL, id BIGINT NOT NULL, name TEXT COLLATE \"C\", amount BIGINT,"
    " PRIMARY KEY (tenant_id, id));"
    "CREATE TABLE entry (tenant_id UUID NOT NULL, id BIGINT NOT NULL, seq BIGINT NOT NULL, note TEXT COLLATE \"C\","
    " PRIMARY KEY (tenant_id, id, seq));"
    "CREATE TABLE parcel (tenant_id UUID NOT NULL, id BIGINT NOT NULL, data BYTEA, PRIMARY KEY (tenant_id, id));";
constexpr std::string_view kAlteredPg =
    "CREATE TABLE item (tenant_id UUID NOT NULL, id BIGINT NOT NULL, name TEXT, PRIMARY KEY (tenant_id, id));";
constexpr std::string_view kMorePg =
    "CREATE TABLE later (tenant_id UUID NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (tenant_id, id));";

constexpr std::array kMigrations{Migration{Plane::control, 1, "offices"sv, kControl, kControlPg},
                                 Migration{Plane::tenant, 1, "items"sv, kTenant, kTenantPg}};
constexpr std::array kAlteredMigrations{Migration{Plane::control, 1, "offices"sv, kControl, kControlPg},
                                        Migration{Plane::tenant, 1, "items"sv, kAltered, kAlteredPg}};
constexpr std::array kLonger{Migration{Plane::control, 1, "offices"sv, kControl, kControlPg},
                             Migration{Plane::tenant, 1, "items"sv, kTenant, kTenantPg},
                             Migration{Plane::tenant, 2, "later"sv, kMore, kMorePg}};

constexpr std::array kId{"id"sv};
constexpr std::array kIdSeq{"id"sv, "seq"sv};
constexpr std::array kTables{TableKey{Plane::control, "office"sv, kId}, TableKey{Plane::tenant, "item"sv, kId},
                             TableKey{Plane::tenant, "entry"sv, kIdSeq}, TableKey{Plane::tenant, "parcel"sv, kId}};

}  // namespace

Schema small_schema() noexcept { return {kMigrations, kTables}; }
Schema altered_schema() noexcept { return {kAlteredMigrations, kTables}; }
Schema longer_schema() noexcept { return {kLonger, kTables}; }

Result<std::int64_t> put_item(Transaction& tx, std::int64_t id, std::string_view name, SqlValue amount,
                              OnConflict conflict) {
  return tx.upsert(
      "item", conflict,
      {SqlColumn::constant("id", id), SqlColumn::constant("name", name), SqlColumn::constant("amount", amount)});
}

Result<std::int64_t> Subject::count() const {
  std::int64_t count = 0;
  const auto body = [&](Transaction& tx) -> Result<void> {
    STK_TRY(auto rows, tx.query(kCountItems));
    STK_TRY(const bool any, rows->next());
    count = any ? rows->integer(0) : -1;
    return success();
  };
  STK_TRY(read(body));
  return count;
}

Result<void> Subject::put(std::int64_t id, std::string_view name, std::int64_t amount) const {
  return write([&](Transaction& tx) -> Result<void> {
    STK_TRY(put_item(tx, id, name, amount));
    return success();
  });
}

bool prepare(StorageFactory& factory, Check& check, std::string_view name, Subject& subject) {
  check.begin(name);
  auto storage = factory.fresh(small_schema());
  if (!check.expect_ok(storage, "a fresh storage")) return false;
  subject.storage = storage.value();
  auto tenant = subject.storage->tenant(kDefaultTenant);
  if (!check.expect_ok(tenant, "its tenant")) return false;
  subject.tenant = tenant.value();
  return true;
}

}  // namespace stocktracker::inline v0::testing::contract
