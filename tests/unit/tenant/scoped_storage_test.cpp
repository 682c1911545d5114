// The wall behind `enter`: a storage that holds one tenant.
#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>

#include "inventory/inventory_core.hpp"
#include "tenant/scoped_storage.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;

namespace {

template <class R>
std::string code(const R& result) {
  return result ? "done" : to_string(result.error().errc());
}

}  // namespace

TEST_CASE("a service that forgot to enter its handle's tenant reaches no other") {
  TempFolder folder;
  const std::shared_ptr<st::Storage> storage =
      st::make_sqlite_folder({.path = folder.file("house"), .schema = st::schema()}).value();
  const st::TenantId anna(st::Uuid::v7(st::Instant::from_seconds(10), 1, 1));
  const st::TenantId boris(st::Uuid::v7(st::Instant::from_seconds(20), 2, 2));
  for (const auto& tenant : {anna, boris}) REQUIRE(storage->create_tenant(tenant, {}));
  const auto walled = st::scoped(storage, anna);
  // Without a scope `enter` refuses nothing: what is left is the storage.
  st::Ports ports;
  ports.storage = walled;
  ports.clock = st::make_system_clock();
  const st::Stock stock(std::make_shared<st::InventoryCore>(std::move(ports)));
  CHECK(code(stock.columns({}, {.tenant = anna})) == "done");
  CHECK(code(stock.columns({}, {.tenant = boris})) == "tenant_mismatch");
  CHECK(code(stock.columns({}, {.tenant = st::kDefaultTenant})) == "tenant_mismatch");
  CHECK(code(stock.columns()) == "tenant_mismatch");
  CHECK(code(stock.positions({}, {.tenant = boris}).collect()) == "tenant_mismatch");

  const auto nothing = [](st::Transaction&) -> st::Result<void> { return st::success(); };
  CHECK(code(walled->control().transact({}, st::TransactMode::read, nothing)) == "tenant_mismatch");
  CHECK(code(walled->create_tenant(boris, {})) == "tenant_mismatch");
  CHECK(code(walled->destroy_tenant(boris, {})) == "tenant_mismatch");
  CHECK(code(walled->backup(folder.file("copy"), {})) == "tenant_mismatch");
  CHECK(code(walled->restore_tenant(anna, folder.file("copy"), {})) == "tenant_mismatch");
  CHECK(code(walled->examine({})) == "tenant_mismatch");
  CHECK(storage->tenant(boris).has_value());
}
