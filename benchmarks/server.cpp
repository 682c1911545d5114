// PostgreSQL: loads and reads with row security, beside the same rows without it.
#include <benchmark/benchmark.h>

#include <cstring>

#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/assembly/open.hpp>

#include "columns_channel.hpp"
#include "tests/support/postgres.hpp"

namespace {

namespace st = stocktracker;

struct Close {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Raw = std::unique_ptr<PGconn, Close>;
using RawResult = std::unique_ptr<PGresult, Close>;

void must(PGconn* connection, const RawResult& result) {
  const auto status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
    return;
  }
  std::fprintf(stderr, "%s\n", PQerrorMessage(connection));
  std::abort();
}

// A database with the product's tables, one tenant, and an engine for it.
struct Shop {
  Shop() : database(server.fresh_database()) {
    st::PostgresOptions options;
    options.schema = st::schema();
    options.url = server.owner(database);
    st::migrate_postgres(options).value();
    options.url = server.app(database);
    storage = st::make_postgres_storage(std::move(options)).value();
    engine = std::make_unique<st::Engine>(st::open({.storage = storage,
                                                    .executor = st::make_inline_executor(),
                                                    .connectors = {std::make_shared<bench::ColumnsFactory>(stock)}})
                                              .value());
    tenant = engine->tenants().create("anna").value().id;
    account = engine->accounts().connect({.channel = st::Channel("columns"), .parts = {}}, {}, context()).value().id;
  }
  [[nodiscard]] st::CallContext context() const { return {.tenant = tenant}; }
  std::int64_t sync() {
    const auto run = engine->sync().run(account, context());
    if (!run || run.value().state != st::RunState::ok) {
      std::fprintf(stderr, "%s\n", run ? "not ok" : run.error().text().c_str());
      std::abort();
    }
    const auto changes = run.value().changes();
    return changes.added + changes.changed + changes.zeroed;
  }

  PostgresServer& server = PostgresServer::shared();
  std::string database;
  std::shared_ptr<bench::Stock> stock = std::make_shared<bench::Stock>();
  std::shared_ptr<st::Storage> storage;
  std::unique_ptr<st::Engine> engine;
  st::TenantId tenant;
  st::AccountId account;
};

std::string copied_out(PGconn* connection, const std::string& table) {
  must(connection,
       RawResult(PQexec(connection, ("COPY (SELECT * FROM stocktracker_tenant." + table + ") TO STDOUT").c_str())));
  std::string rows;
  char* line = nullptr;
  for (int size = 0; (size = PQgetCopyData(connection, &line, 0)) > 0; PQfreemem(line)) {
    rows.append(line, static_cast<std::size_t>(size));
  }
  must(connection, RawResult(PQgetResult(connection)));
  while (RawResult(PQgetResult(connection))) {
  }
  return rows;
}

void copy_in(PGconn* connection, const std::string& table, const std::string& rows) {
  must(connection, RawResult(PQexec(connection, ("COPY stocktracker_tenant." + table + " FROM STDIN").c_str())));
  PQputCopyData(connection, rows.data(), static_cast<int>(rows.size()));
  PQputCopyEnd(connection, nullptr);
  must(connection, RawResult(PQgetResult(connection)));
  while (RawResult(PQgetResult(connection))) {
  }
}

// Only the level rows and the ledger rows, written by the owner without row security.
void server_load_limit(benchmark::State& state) {
  Shop shop;
  shop.sync();
  const Raw owner(PQconnectdb(shop.server.owner(shop.database).c_str()));
  const std::string levels = copied_out(owner.get(), "level");
  const std::string facts = copied_out(owner.get(), "ledger");
  for (auto _ : state) {
    state.PauseTiming();
    must(owner.get(), RawResult(PQexec(owner.get(), "TRUNCATE stocktracker_tenant.level, stocktracker_tenant.ledger")));
    state.ResumeTiming();
    must(owner.get(), RawResult(PQexec(owner.get(), "BEGIN")));
    copy_in(owner.get(), "level", levels);
    copy_in(owner.get(), "ledger", facts);
    must(owner.get(), RawResult(PQexec(owner.get(), "COMMIT")));
  }
}
BENCHMARK(server_load_limit)->Unit(benchmark::kMillisecond)->Iterations(5)->UseRealTime();

void server_load(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    auto shop = std::make_unique<Shop>();
    state.ResumeTiming();
    if (shop->sync() != 100'000) state.SkipWithError("not loaded");
    state.PauseTiming();
    shop.reset();
    state.ResumeTiming();
  }
}
BENCHMARK(server_load)->Unit(benchmark::kMillisecond)->Iterations(5)->UseRealTime();

// 5 % of the rows have changed; beside a first load.
void five_percent(benchmark::State& state) {
  Shop shop;
  shop.sync();
  shop.stock->changed_percent = 5;
  for (auto _ : state) {
    ++shop.stock->generation;
    if (shop.sync() != 5'000) state.SkipWithError("not five percent");
  }
}
BENCHMARK(five_percent)->Unit(benchmark::kMillisecond)->Iterations(5)->UseRealTime();

void five_percent_limit(benchmark::State& state) { server_load(state); }
BENCHMARK(five_percent_limit)->Unit(benchmark::kMillisecond)->Iterations(5)->UseRealTime();

// Nothing has changed: the run only reads and compares.
void server_unchanged(benchmark::State& state) {
  Shop shop;
  shop.sync();
  for (auto _ : state) {
    if (shop.sync() != 0) state.SkipWithError("something was written");
  }
}
BENCHMARK(server_unchanged)->Unit(benchmark::kMillisecond)->Iterations(5)->UseRealTime();

constexpr st::Statement kPage{
    "bench.page",
    "SELECT o.account_id, o.offer_key, o.listing, o.article, o.title, o.brand, o.size, o.state, w.warehouse_key, "
    "w.name, "
    "w.region, w.kind, s.kind, l.source_id, l.offer_id, l.warehouse_id, s.observed_at, l.state, l.on_hand, l.reserved, "
    "l.to_client, l.from_client FROM level l JOIN source s ON s.source_id = l.source_id JOIN offer o ON o.offer_id = "
    "l.offer_id JOIN warehouse w ON w.warehouse_id = l.warehouse_id WHERE (l.source_id, l.offer_id, l.warehouse_id) > "
    "($1, $2, $3) ORDER BY l.source_id, l.offer_id, l.warehouse_id LIMIT $4"};
// The same query with the tenant as a condition, for a role without a policy.
constexpr const char* kPageOfTenant =
    "SELECT o.account_id, o.offer_key, o.listing, o.article, o.title, o.brand, o.size, o.state, w.warehouse_key, "
    "w.name, "
    "w.region, w.kind, s.kind, l.source_id, l.offer_id, l.warehouse_id, s.observed_at, l.state, l.on_hand, l.reserved, "
    "l.to_client, l.from_client FROM level l JOIN source s ON s.tenant_id = l.tenant_id AND s.source_id = l.source_id "
    "JOIN offer o ON o.tenant_id = l.tenant_id AND o.offer_id = l.offer_id JOIN warehouse w ON w.tenant_id = "
    "l.tenant_id "
    "AND w.warehouse_id = l.warehouse_id WHERE l.tenant_id = $5::uuid AND (l.source_id, l.offer_id, l.warehouse_id) > "
    "($1, $2, $3) ORDER BY l.source_id, l.offer_id, l.warehouse_id LIMIT $4";
constexpr int kOffersOfPage = 50;

// A hundred tenants of 10,000 positions each.
struct Street {
  Street() {
    shop.stock->offers = 2'000;
    shop.sync();
    std::string sql;
    for (const auto& table : st::schema().tables) {
      if (table.plane != st::Plane::tenant) continue;
      std::string columns;
      for (const auto& column : table.columns) columns.append(columns.empty() ? "" : ", ").append(column.name);
      const std::string name = "stocktracker_tenant." + std::string(table.table);
      sql += "INSERT INTO " + name + " (tenant_id, " + columns +
             ") SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, " + columns + " FROM " + name +
             ", generate_series(1, 99) n;";
    }
    sql +=
        "INSERT INTO stocktracker_control.tenant_plane SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, "
        "'0'))::uuid FROM generate_series(1, 99) n;";
    shop.server.run(shop.database, sql);
    shop.server.run(shop.database, "VACUUM ANALYZE");
    if (shop.server.run(shop.database, "SELECT count(*) FROM stocktracker_tenant.level").front() != "1000000")
      std::abort();
  }
  static Street& shared() {
    static Street street;
    return street;
  }
  Shop shop;
};

void server_page_limit(benchmark::State& state) {
  Street& street = Street::shared();
  const Raw owner(PQconnectdb(street.shop.server.owner(street.shop.database).c_str()));
  must(owner.get(), RawResult(PQexec(owner.get(), "SET search_path = stocktracker_tenant")));
  must(owner.get(), RawResult(PQprepare(owner.get(), "page", kPageOfTenant, 0, nullptr)));
  const std::string tenant = street.shop.tenant.text();
  std::int64_t offer = 1;
  for (auto _ : state) {
    offer = offer % 1'900 + 1;
    const std::string behind = std::to_string(offer);
    const std::string most = std::to_string(kOffersOfPage * 5);
    const char* values[] = {"1", behind.c_str(), "0", most.c_str(), tenant.c_str()};
    const RawResult rows(PQexecPrepared(owner.get(), "page", 5, values, nullptr, nullptr, 0));
    if (PQntuples(rows.get()) != kOffersOfPage * 5) state.SkipWithError("not a page");
    std::size_t size = 0;
    for (int row = 0; row < PQntuples(rows.get()); ++row) size += std::strlen(PQgetvalue(rows.get(), row, 1));
    benchmark::DoNotOptimize(size);
  }
}
BENCHMARK(server_page_limit)->Unit(benchmark::kMicrosecond)->UseRealTime();

void server_page(benchmark::State& state) {
  Street& street = Street::shared();
  auto database = street.shop.storage->tenant(street.shop.tenant).value();
  std::int64_t offer = 1;
  for (auto _ : state) {
    offer = offer % 1'900 + 1;
    int found = 0;
    std::size_t size = 0;
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(auto rows, tx.query(kPage, {1, offer, 0, kOffersOfPage * 5}));
      while (true) {
        STK_TRY(const bool more, rows->next());
        if (!more) return st::success();
        size += rows->text(1).size();
        ++found;
      }
    };
    if (!database->transact({}, st::TransactMode::read, body) || found != kOffersOfPage * 5) {
      state.SkipWithError("not a page");
    }
    benchmark::DoNotOptimize(size);
  }
}
BENCHMARK(server_page)->Unit(benchmark::kMicrosecond)->UseRealTime();

// The same page by the engine, which first reads the tenant's state, and decodes the rows.
void server_page_by_engine(benchmark::State& state) {
  Street& street = Street::shared();
  for (auto _ : state) {
    auto pages = street.shop.engine->stock().positions({.page_size = kOffersOfPage * 5}, street.shop.context());
    const auto page = pages.next_page();
    if (!page || page.value().size() != kOffersOfPage * 5) state.SkipWithError("not a page");
  }
}
BENCHMARK(server_page_by_engine)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
