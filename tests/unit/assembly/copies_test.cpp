// Every way that rows take from one store to another: no table, no row and no value stays behind.
#include <fstream>
#include <iterator>

#include <stocktracker/assembly/backup.hpp>

#include "tests/support/full_planes.hpp"

namespace st = stocktracker;
namespace fp = full_planes;

namespace {

std::string text_of(const st::Result<void>& result) { return result ? "" : result.error().text(); }

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("the tables and columns that copies know are those of the store, and each has rows here") {
  const auto& catalogue = fp::Catalogue::shared();
  std::map<st::Plane, std::set<std::string>> known;
  std::size_t columns = 0;
  for (const st::TableKey& table : st::schema().tables) {
    const std::string name(table.table);
    INFO(name);
    known[table.plane].insert(name);
    REQUIRE(catalogue.columns.contains(name));
    std::vector<std::string> names;
    for (const st::Column& column : table.columns) names.emplace_back(column.name);
    CHECK(names == catalogue.columns.at(name));
    columns += names.size();
  }
  CHECK(known == catalogue.names);
  CHECK(columns > 150);

  fp::Stores stores;
  for (const fp::Make make : fp::makes()) {
    fp::Store store = stores.full(make);
    fp::Rows all = fp::rows_in(store.storage->control());
    all.merge(fp::tenant_rows(*store.storage, fp::tenant(1)));
    CHECK(all.size() == catalogue.columns.size());
    for (const auto& [table, rows] : all) {
      INFO(table);
      REQUIRE(rows.size() >= 3);
      for (std::size_t i = 0; i < catalogue.columns.at(table).size(); ++i) {
        INFO(catalogue.columns.at(table)[i]);
        std::set<std::string> values;
        for (const fp::Row& row : rows) values.insert(row[i]);
        CHECK(values.size() > 1);
        CHECK(values.contains(fp::kNull) == catalogue.nullable.contains(table + "." + catalogue.columns.at(table)[i]));
      }
    }
  }
}

TEST_CASE("a backup of all tenants holds each row of each table of both planes, and so does what is made of it") {
  fp::Stores stores;
  for (const fp::Make make : fp::makes()) {
    INFO(static_cast<int>(make));
    fp::Store store = stores.full(make);
    const std::string copy = stores.folder.file("all" + std::to_string(static_cast<int>(make)));
    const auto report = store.open().backup(copy);
    REQUIRE(report);
    CHECK(report.value().tenants.size() == fp::kTenants);
    CHECK(report.value().skipped.empty());

    const std::string fresh = copy + "-restored";
    REQUIRE(text_of(st::restore_store(copy, fresh)) == "");
    std::vector<std::shared_ptr<st::Storage>> copies;
    copies.push_back(st::make_sqlite_folder({.path = copy, .schema = st::schema()}).value());
    copies.push_back(st::make_sqlite_folder({.path = fresh, .schema = st::schema()}).value());
    for (const fp::Make other : fp::makes()) {
      copies.push_back(stores.empty(other).storage);
      REQUIRE(text_of(st::restore_all(copy, *copies.back(), {})) == "");
    }
    for (const auto& one : copies) {
      // A copy goes on with other numbers of events than its store.
      const auto control_of = [](st::Storage& storage) {
        return fp::without(fp::rows_in(storage.control()), {"event_counter"});
      };
      CHECK(fp::difference(control_of(*one), control_of(*store.storage)) == "");
      for (int number = 1; number <= fp::kTenants; ++number) {
        INFO(number);
        CHECK(fp::difference(fp::tenant_rows(*one, fp::tenant(number)),
                             fp::tenant_rows(*store.storage, fp::tenant(number))) == "");
      }
    }
  }
}

TEST_CASE("a tenant is put back with each row of each table but what was of its backup's own time") {
  fp::Stores stores;
  for (const fp::Make make : fp::makes()) {
    INFO(static_cast<int>(make));
    fp::Store store = stores.full(make);
    auto engine = store.open();
    const std::string place = stores.folder.file("copy" + std::to_string(static_cast<int>(make)));
    REQUIRE(engine.backup(place));
    for (const int number : {2, 3}) {  // suspended, quarantined
      INFO(number);
      const st::TenantId tenant = fp::tenant(number);
      const std::string one = place + std::to_string(number) + ".db";
      REQUIRE(engine.backup(one, {.tenant = tenant}));
      const auto before = fp::tenant_rows(*store.storage, tenant);
      const auto should = fp::without_stamps(fp::without(before, {"outbox", "lease", "product_offer", "read_model"}));
      const auto neighbour = fp::tenant_rows(*store.storage, fp::tenant(1));
      for (const std::string& backup : {one, place}) {
        INFO(backup);
        // What is there is replaced as well as what is missing.
        if (backup == one) fp::Stores::wipe(store, number);
        if (backup == place) stores.spoil(store, number);
        CHECK(fp::difference(fp::tenant_rows(*store.storage, tenant), before) != "");
        REQUIRE(text_of(engine.tenants().restore(tenant, backup)) == "");
        CHECK(fp::difference(fp::tenant_rows(*store.storage, tenant), should) == "");
        CHECK(fp::difference(fp::tenant_rows(*store.storage, fp::tenant(1)), neighbour) == "");
        CHECK(engine.tenants().find(tenant.text()).value().state == st::TenantState::suspended);
        // The directory is of these rows again.
        std::set<std::string> listed;
        const auto entries = engine.directory().accounts().collect().value();
        for (const auto& entry : entries) {
          if (entry.tenant == tenant) listed.insert(entry.account.text());
        }
        CHECK(listed == fp::listed(number));
      }
    }
  }
}

TEST_CASE("a tenant that moves to another installation takes each row of each table but what stays behind by design") {
  fp::Stores stores;
  for (const fp::Make make : fp::makes()) {
    fp::Store store = stores.full(make);
    const st::TenantId tenant = fp::tenant(2);  // the one with many rows
    const auto before = fp::tenant_rows(*store.storage, tenant);
    const std::string file = stores.folder.file("export" + std::to_string(static_cast<int>(make)) + ".db");
    REQUIRE(text_of(store.open().export_tenant(file, {.tenant = tenant})) == "");
    const auto exported = fp::without(before, {"credential", "outbox", "lease", "product_offer", "read_model"});
    const Tables in_file = everything_in(file);
    for (const char* table : {"credential", "outbox", "lease", "product_offer", "read_model"}) {
      INFO(table);
      CHECK(in_file.at(table).empty());
    }
    // Nor between the rows: what was deleted there is overwritten.
    const std::string bytes = bytes_of(file);
    CHECK(bytes.find("offer.title ") != std::string::npos);
    for (const char* kept : {"outbox.payload ", "lease.holder ", "\xff\x01|1credential", "\xff\x01|2credential"}) {
      INFO(kept);
      CHECK(bytes.find(kept) == std::string::npos);
    }
    CHECK(fp::difference(fp::tenant_rows(*store.storage, tenant), before) == "");
    std::vector<fp::Make> targets = fp::makes();
    if (House::make_storage) targets.push_back(fp::Make::folder);
    for (const fp::Make other : targets) {
      INFO(static_cast<int>(make) << " to " << static_cast<int>(other));
      fp::Store target = stores.empty(other);
      auto engine = target.open();
      const auto imported = engine.import_tenant(file, "guest");
      REQUIRE((imported ? "" : imported.error().text()) == "");
      CHECK(imported.value().id == tenant);
      CHECK(fp::difference(fp::tenant_rows(*target.storage, tenant), fp::without_stamps(exported)) == "");
      CHECK(engine.directory().accounts().collect().value().size() == fp::listed(2).size());
    }
  }
}

TEST_CASE("an account with an id that another tenant has gets a new one in every table at once") {
  fp::Stores stores;
  fp::Store store = stores.full(fp::makes().front());
  const st::TenantId tenant = fp::tenant(1);
  const auto before = fp::tenant_rows(*store.storage, tenant);
  const std::string file = stores.folder.file("export.db");
  REQUIRE(text_of(store.open().export_tenant(file, {.tenant = tenant})) == "");
  fp::Store target = stores.empty(fp::makes().front());
  auto engine = target.open();
  const st::TenantId other = engine.tenants().create("other").value().id;
  const std::string taken = fp::account(1, 2);
  const auto occupy = [&](st::Transaction& tx) -> st::Result<void> {
    const std::string id = other.text();
    STK_TRY(tx.upsert("account_directory", st::OnConflict::fail,
                      {st::SqlColumn::constant("tenant_id", id), st::SqlColumn::constant("account_id", taken),
                       st::SqlColumn::constant("channel", "ozon")}));
    return st::success();
  };
  REQUIRE(target.storage->control().transact({}, st::TransactMode::write, occupy));
  REQUIRE(engine.import_tenant(file, "guest"));
  const auto now = fp::tenant_rows(*target.storage, tenant);
  std::string fresh;
  for (const fp::Row& row : now.at("account")) {
    const std::string id = row[fp::place_of("account", "account_id")].substr(1);
    if (id != fp::account(1, 1) && id != fp::account(1, 3)) fresh = id;
  }
  REQUIRE(fresh != taken);
  REQUIRE(st::AccountId::parse(fresh));
  const auto should = fp::renamed(
      fp::without_stamps(fp::without(before, {"credential", "outbox", "lease", "product_offer", "read_model"})), taken,
      fresh);
  CHECK(fp::difference(now, should) == "");
}

TEST_CASE("a tenant is put back from no other tenant's backup, whatever store makes it") {
  fp::Stores stores;
  for (const fp::Make make : fp::makes()) {
    INFO(static_cast<int>(make));
    fp::Store store = stores.full(make);
    auto engine = store.open();
    const std::string other = stores.folder.file("other" + std::to_string(static_cast<int>(make)) + ".db");
    REQUIRE(engine.backup(other, {.tenant = fp::tenant(1)}));
    const auto before = fp::tenant_rows(*store.storage, fp::tenant(2));
    CHECK_FALSE(engine.tenants().restore(fp::tenant(2), other));
    CHECK(fp::difference(fp::tenant_rows(*store.storage, fp::tenant(2)), before) == "");
  }
}
