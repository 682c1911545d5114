// Many tenants: rows a second beside one tenant, and the cost of visiting ten thousand tenants in turn.
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/assembly/open.hpp>
#ifdef STK_POSTGRES
#include <stocktracker/adapters/postgres.hpp>

#include "tests/support/postgres.hpp"
#endif

#include "columns_channel.hpp"
#include "tests/support/temp_folder.hpp"

namespace {

namespace st = stocktracker;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::int64_t resident_kib() {
  std::ifstream file("/proc/self/statm");
  std::int64_t all = 0;
  std::int64_t resident = 0;
  file >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE) / 1024;
}

std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
}

[[noreturn]] void fail(const st::Error& error) {
  std::fprintf(stderr, "%s\n", error.text().c_str());
  std::exit(1);
}

st::Engine engine_over(std::shared_ptr<st::Storage> storage, std::shared_ptr<bench::Stock> stock) {
  return st::open({.storage = std::move(storage),
                   .executor = st::make_inline_executor(),
                   .connectors = {std::make_shared<bench::ColumnsFactory>(std::move(stock))}})
      .value();
}

// Rows a second of first loads, for a number of tenants and of threads.
double load(const std::shared_ptr<st::Storage>& storage, int tenants, int offers, int threads,
            const std::string& prefix) {
  auto stock = std::make_shared<bench::Stock>();
  stock->offers = offers;
  st::Engine engine = engine_over(storage, stock);
  std::vector<std::pair<st::TenantId, st::AccountId>> shops;
  for (int i = 0; i < tenants; ++i) {
    auto tenant = engine.tenants().create(prefix + std::to_string(i));
    if (!tenant) fail(tenant.error());
    const st::CallContext context{.tenant = tenant.value().id};
    auto account = engine.accounts().connect({.channel = st::Channel("columns"), .parts = {}}, {}, context);
    if (!account) fail(account.error());
    shops.emplace_back(tenant.value().id, account.value().id);
  }
  std::atomic<std::size_t> next = 0;
  const auto start = Clock::now();
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      for (std::size_t at = next++; at < shops.size(); at = next++) {
        const auto run = engine.sync().run(shops[at].second, {.tenant = shops[at].first});
        if (!run) fail(run.error());
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  return tenants * offers * stock->warehouses / seconds_since(start);
}

void compare(const char* name, const std::shared_ptr<st::Storage>& storage) {
  const double one = load(storage, 1, 100'000, 1, "one");
  const double many = load(storage, 100, 1'000, 2, "many");
  std::printf(
      "%-10s one tenant x 100,000 offers: %.0f rows/s; 100 tenants x 1,000 offers by 2 threads: %.0f rows/s (%.2f)\n",
      name, one, many, many / one);
}

constexpr int kVisited = 10'000;
constexpr st::Statement kCount{"bench.count", "SELECT count(*) FROM account"};

void visit(const char* name, st::Storage& storage, const std::vector<st::TenantId>& tenants) {
  const auto before = resident_kib();
  const auto files = open_files();
  double seconds = 0;
  for (int round = 0; round < 2; ++round) {
    const auto start = Clock::now();
    for (const st::TenantId& tenant : tenants) {
      auto database = storage.tenant(tenant);
      if (!database) fail(database.error());
      const auto body = [&](st::Transaction& tx) -> st::Result<void> {
        STK_TRY(auto rows, tx.query(kCount));
        STK_TRY(rows->next());
        return st::success();
      };
      if (auto done = database.value()->transact({}, st::TransactMode::read, body); !done) fail(done.error());
    }
    seconds = seconds_since(start);
  }
  std::printf("%-10s %d tenants in turn: %.0f us each, %.2f KiB of memory each, %td files open\n", name, kVisited,
              seconds / kVisited * 1e6, static_cast<double>(resident_kib() - before) / kVisited, open_files() - files);
}

std::vector<st::TenantId> ids() {
  std::vector<st::TenantId> tenants;
  for (int i = 0; i < kVisited; ++i) {
    tenants.emplace_back(st::Uuid::v7(st::Instant::from_seconds(1'000 + i), 1, static_cast<std::uint64_t>(i)));
  }
  return tenants;
}

// The store makes one file; the others are copies of it with another tenant.
void visit_folder(const std::string& folder) {
  auto storage = st::make_sqlite_folder({.path = folder, .schema = st::schema()}).value();
  const auto tenants = ids();
  if (auto made = storage->create_tenant(tenants.front(), {}); !made) fail(made.error());
  storage = st::make_sqlite_folder({.path = folder, .schema = st::schema()}).value();
  const auto path = [&](const st::TenantId& tenant) { return folder + "/tenants/" + tenant.text() + ".db"; };
  for (std::size_t i = 1; i < tenants.size(); ++i) {
    std::filesystem::copy_file(path(tenants.front()), path(tenants[i]));
    sqlite3* db = nullptr;
    const std::string sql = "PRAGMA synchronous = OFF; UPDATE owner SET tenant = '" + tenants[i].text() + "'";
    if (sqlite3_open(path(tenants[i]).c_str(), &db) != SQLITE_OK ||
        sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
      std::fprintf(stderr, "%s\n", sqlite3_errmsg(db));
      std::exit(1);
    }
    sqlite3_close(db);
  }
  visit("sqlite", *storage, tenants);
}

#ifdef STK_POSTGRES
std::shared_ptr<st::Storage> on_server() {
  PostgresServer& server = PostgresServer::shared();
  const std::string database = server.fresh_database();
  st::PostgresOptions options;
  options.schema = st::schema();
  options.url = server.owner(database);
  st::migrate_postgres(options).value();
  options.url = server.app(database);
  return st::make_postgres_storage(std::move(options)).value();
}

void visit_server() {
  auto storage = on_server();
  const auto tenants = ids();
  for (const st::TenantId& tenant : tenants) {
    if (auto made = storage->create_tenant(tenant, {}); !made) fail(made.error());
  }
  visit("postgresql", *storage, tenants);
}
#endif

}  // namespace

int main() {
  const TempFolder folder;
  visit_folder(folder.file("visited"));
  compare("sqlite", st::make_sqlite_folder({.path = folder.file("house"), .schema = st::schema()}).value());
#ifdef STK_POSTGRES
  visit_server();
  compare("postgresql", on_server());
#endif
}
