// As copies_test.cpp, for the store of one seller, which is a file wherever houses stand.
#include <stocktracker/assembly/backup.hpp>

#include "tests/support/full_planes.hpp"

namespace st = stocktracker;
namespace fp = full_planes;

TEST_CASE("a store of one seller is copied, restored and taken into a house with each row of each table") {
  fp::Stores stores;
  const std::string path = stores.folder.file("shop.db");
  const auto storage = st::make_sqlite_storage({.path = path, .schema = st::schema()}).value();
  fp::fill(*storage->tenant(st::kDefaultTenant).value(), 1);
  fp::fill(storage->control(), 0);
  const auto rows = fp::tenant_rows(*storage, st::kDefaultTenant);
  const auto engine = st::open({.path = path, .executor = st::make_inline_executor()}).value();
  // A copy goes on with other numbers of events than its store.
  const auto control_of = [](st::Storage& one) { return fp::without(fp::rows_in(one.control()), {"event_counter"}); };
  const auto control = control_of(*storage);
  const std::string copy = stores.folder.file("copy.db");
  const std::string again = stores.folder.file("again.db");
  REQUIRE(engine.backup(copy));
  REQUIRE(st::restore_store(copy, again));
  for (const std::string& file : {copy, again}) {
    INFO(file);
    const auto made = st::make_sqlite_storage({.path = file, .schema = st::schema()}).value();
    CHECK(fp::difference(fp::tenant_rows(*made, st::kDefaultTenant), rows) == "");
    CHECK(fp::difference(control_of(*made), control) == "");
  }
  for (const fp::Make make : fp::makes()) {
    fp::Store house = stores.empty(make);
    const auto imported = house.open().import_tenant(copy, "guest");
    REQUIRE((imported ? "" : imported.error().text()) == "");
    CHECK(fp::difference(fp::tenant_rows(*house.storage, imported.value().id),
                         fp::without_stamps(fp::without(
                             rows, {"credential", "outbox", "lease", "product_offer", "read_model"}))) == "");
  }
}
