// A store on a server, damaged past the library: the doctor must name it, and nothing where nothing is damaged.
#include "tests/support/damages.hpp"
#include "tests/support/postgres.hpp"

namespace st = stocktracker;

namespace {

// By somebody who owns the tables, after what the server itself refuses was taken away.
class ServerWard final : public damages::Ward {
 public:
  ServerWard() : storage_(House::make_storage(database_)) {
    auto engine = st::open({.storage = storage_,
                            .key_file = folder_.file("key"),
                            .limits = st::LimitTable{},
                            .transport = world().transport(),
                            .clock = world().clock(),
                            .random = std::make_shared<st::testing::SeededRandom>(7),
                            .executor = st::make_inline_executor()})
                      .value();
    tenant_ = engine.tenants().create("anna").value().id;
    fill(std::move(engine), {.tenant = tenant_});
    std::string copies = "CREATE SCHEMA sound";
    for (const auto& table : tables()) copies += "; CREATE TABLE sound." + table + " AS TABLE " + place() + table;
    run(copies);
    run("DO $$ DECLARE one record; BEGIN FOR one IN SELECT conrelid::regclass AS place, conname FROM pg_constraint "
        "WHERE "
        "connamespace = 'stocktracker_tenant'::regnamespace AND contype IN ('c', 'f') AND coninhcount = 0 LOOP EXECUTE "
        "format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I', one.place, one.conname); END LOOP; END $$");
    choose();
  }

  void run(const std::string& sql) override { rows_of(sql); }
  std::string text(const std::string& sql) override {
    INFO(sql);
    const auto rows = rows_of(sql);
    REQUIRE(rows.size() == 1);
    return rows.front();
  }
  bool has_room(const std::string& table, const st::Column& column, std::int64_t value) override {
    const std::string type = text(
        "SELECT data_type FROM information_schema.columns WHERE table_schema = "
        "'stocktracker_tenant' AND table_name = '" +
        table + "' AND column_name = '" + std::string(column.name) + "'");
    if (type == "smallint") return value >= INT16_MIN && value <= INT16_MAX;
    if (type == "integer") return value >= INT32_MIN && value <= INT32_MAX;
    return true;
  }

 private:
  std::vector<std::string> rows_of(const std::string& sql) {
    return PostgresServer::shared().run(
        database_, "SET search_path = stocktracker_tenant; SET stocktracker.tenant = '" + tenant_.text() + "'; " + sql);
  }
  [[nodiscard]] std::string place() const override { return "stocktracker_tenant."; }

  TempFolder folder_;
  std::string database_;
  std::shared_ptr<st::Storage> storage_;
  st::TenantId tenant_;
};

}  // namespace

TEST_CASE("each damage to a database is named by the doctor with its subject, and nothing else is") {
  ServerWard ward;
  damages::check_each(ward);
}

TEST_CASE("a reference to nothing and a number without a meaning are named in every table of a database") {
  ServerWard ward;
  damages::check_columns(ward);
}
