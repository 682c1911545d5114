// Days of sellers on PostgreSQL, the same as on SQLite; prepared statements, blocked bodies, unreadable rows.
#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

#include <stocktracker/adapters/postgres.hpp>

#include "tests/support/amiss.hpp"
#include "tests/support/house.hpp"
#include "tests/support/postgres.hpp"

namespace st = stocktracker;

namespace {

std::string first_difference(const std::string& left, const std::string& right) {
  if (left == right) return {};
  const std::size_t at = static_cast<std::size_t>(
      std::mismatch(left.begin(), left.end(), right.begin(), right.end()).first - left.begin());
  const std::size_t from = left.rfind('\n', at) + 1;
  return left.substr(from, left.find('\n', at) - from) + " / " + right.substr(from, right.find('\n', at) - from);
}

// A channel of order lines and prices alone.
struct Ledgers {
  std::vector<std::string> lines;
  std::vector<std::string> priced;
};

class Ledger final : public st::Connector {
 public:
  Ledger(Ledgers& ledgers, st::Instant now) : ledgers_(ledgers), now_(now) {}
  const st::Capabilities& capabilities() const noexcept override {
    static const st::Capabilities can{
        .channel = st::Channel("ledger"), .orders = true, .prices = true, .orders_by_period = true};
    return can;
  }
  st::Result<st::SellerIdentity> verify_credentials(const st::CallContext&) override {
    return st::SellerIdentity{"l1", "Ledger"};
  }
  st::Result<void> list_offers(st::OfferSink&, const st::CallContext&) override { return st::success(); }
  st::Result<void> list_warehouses(st::WarehouseSink&, const st::CallContext&) override { return st::success(); }
  st::Result<void> fetch_stock(const st::StockQuery&, st::StockSink& sink, const st::CallContext&) override {
    return sink.rows({});
  }
  st::Result<st::OrderCoverage> fetch_orders(const st::OrderQuery&, st::OrderSink& sink,
                                             const st::CallContext&) override {
    const st::Instant at = now_ - std::chrono::hours(48);
    for (const std::string& key : ledgers_.lines) {
      const std::vector<st::OrderLineRow> rows{{.key = key, .offer = "a", .ordered_at = at, .changed_at = at}};
      STK_TRY(sink.lines(rows));
    }
    return st::OrderCoverage{now_ - std::chrono::hours(72), now_};
  }
  st::Result<void> fetch_prices(st::PriceSink& sink, const st::CallContext&) override {
    for (const std::string& offer : ledgers_.priced) {
      const std::vector<st::PriceRow> rows{{offer, st::Money(100, st::Currency::rub()), std::nullopt, std::nullopt}};
      STK_TRY(sink.prices(rows));
    }
    return st::success();
  }

 private:
  Ledgers& ledgers_;
  st::Instant now_;
};

class LedgerFactory final : public st::ConnectorFactory {
 public:
  LedgerFactory(Ledgers& ledgers, st::Instant now) : ledgers_(ledgers), now_(now) {}
  st::Channel channel() const noexcept override { return st::Channel("ledger"); }
  st::Result<std::shared_ptr<st::Connector>> connect(const st::Credentials&, const st::ConnectorPorts&) override {
    return std::make_shared<Ledger>(ledgers_, now_);
  }

 private:
  Ledgers& ledgers_;
  st::Instant now_;
};

}  // namespace

TEST_CASE("lines and prices that are no longer reported go on PostgreSQL too, and not too many at once") {
  House house;
  const st::CallContext context{.tenant = house.tenant("anna")};
  Ledgers ledgers;
  for (int n = 0; n < 20; ++n) {
    ledgers.lines.push_back("l" + std::to_string(n));
    ledgers.priced.push_back("o" + std::to_string(n));
  }
  const auto clock = house.first.clock();
  auto engine = st::open({.storage = House::make_storage(house.place),
                          .key_file = house.folder.file("house.key"),
                          .clock = clock,
                          .random = std::make_shared<st::testing::SeededRandom>(9),
                          .executor = st::make_inline_executor(),
                          .connectors = {std::make_shared<LedgerFactory>(ledgers, clock->now())}})
                    .value();
  const auto account = engine.accounts().connect({st::Channel("ledger"), {}}, {}, context).value().id;
  const st::SyncOptions options{.stock = false, .orders = true, .prices = true};
  REQUIRE(engine.sync().run(account, options, context).value().state == st::RunState::ok);
  const auto alive = [&] {
    const auto lines = engine.orders().lines({.account = account}, context).collect().value();
    CHECK(lines.size() == 20);
    return std::count_if(lines.begin(), lines.end(),
                         [](const st::OrderLine& line) { return line.status != st::OrderStatus::removed; });
  };
  const auto priced = [&] { return engine.prices().list({.account = account}, context).collect().value().size(); };
  ledgers.lines.resize(18);
  ledgers.priced.resize(17);
  CHECK(engine.sync().run(account, options, context).value().state == st::RunState::ok);
  CHECK(alive() == 18);
  CHECK(priced() == 17);
  ledgers.lines.resize(5);
  ledgers.priced.resize(5);
  CHECK(engine.sync().run(account, options, context).value().state == st::RunState::held);
  CHECK(alive() == 18);
  CHECK(priced() == 17);
}

TEST_CASE("days on PostgreSQL are as on SQLite") {
  House house;
  const auto anna = house.tenant("anna");
  const auto account = house.seller(anna, house.first);
  auto engine = house.open(house.first);
  const st::CallContext context{.tenant = anna};
  st::testing::World twin({.seed = 71, .offers = 40});
  auto embedded = st::open({.path = ":memory:",
                            .limits = st::LimitTable{},
                            .transport = twin.transport(),
                            .clock = twin.clock(),
                            .random = std::make_shared<st::testing::SeededRandom>(1),
                            .executor = st::make_inline_executor()})
                      .value();
  const auto same =
      embedded.accounts().connect(st::wildberries::credentials(twin.token(st::Channel::wildberries))).value();
  CHECK(embedded.sync().run(same.id).value().state == st::RunState::ok);
  const auto movements = [](const st::Engine& of, const st::CallContext& by) {
    std::string text;
    const auto all = of.ledger().movements({}, by).collect().value();
    for (const auto& movement : all) {
      const std::string explained = movement.explain();
      text += explained.substr(0, explained.find("  run ")) + "\n";  // runs have ids of their own
    }
    const auto rows = of.stock().positions({}, by).collect().value();
    for (const auto& p : rows) {
      text += p.offer.key + "@" + p.warehouse.key + "=" + (p.on_hand ? std::to_string(p.on_hand->units()) : "?") + "\n";
    }
    return text;
  };
  for (int day = 0; day < 5; ++day) {
    CHECK(first_difference(movements(engine, context), movements(embedded, {})) == "");
    house.first.run_for(std::chrono::hours(24), st::testing::every(std::chrono::hours(24)), [] {});
    twin.run_for(std::chrono::hours(24), st::testing::every(std::chrono::hours(24)), [] {});
    CHECK(engine.sync().run(account, context).value().state == st::RunState::ok);
    CHECK(embedded.sync().run(same.id).value().state == st::RunState::ok);
  }
  CHECK(engine.stock().columns({}, context).value().rows() == embedded.stock().columns().value().rows());
  CHECK(engine.ledger().verify(context).value().broken == 0);
  CHECK(amiss(engine.doctor()) == "");
}

TEST_CASE("what has not changed is not written") {
  House house;
  const auto anna = house.tenant("anna");
  const auto account = house.seller(anna, house.first);
  auto engine = house.open(house.first);
  const std::string written =
      "SELECT coalesce(max(xmin::text::bigint), 0) FROM stocktracker_tenant.level UNION ALL "
      "SELECT coalesce(max(xmin::text::bigint), 0) FROM stocktracker_tenant.ledger UNION ALL "
      "SELECT coalesce(max(xmin::text::bigint), 0) FROM stocktracker_tenant.offer";
  const auto before = PostgresServer::shared().run(house.place, written);
  CHECK(engine.sync().run(account, {.tenant = anna}).value().changes().added == 0);
  CHECK(PostgresServer::shared().run(house.place, written) == before);
}

TEST_CASE("two bodies that block each other both end") {
  House house;
  house.tenant("anna");
  PostgresServer& server = PostgresServer::shared();
  st::PostgresOptions options;
  options.url = server.app(house.place);
  options.schema = st::schema();
  auto storage = st::make_postgres_storage(std::move(options)).value();
  static constexpr st::Statement kTouch{"hint.touch", "UPDATE relay_hint SET stamp = $2 WHERE tenant_id = $1"};
  const auto put = [&](const char* tenant) {
    const auto write = [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(tx.upsert("relay_hint", st::OnConflict::update,
                        {st::SqlColumn::constant("tenant_id", tenant), st::SqlColumn::constant("stamp", "0")}));
      return st::success();
    };
    REQUIRE(storage->control().transact({}, st::TransactMode::write, write));
  };
  put("first");
  put("second");
  std::atomic<int> arrived = 0;
  std::atomic<int> runs = 0;
  std::atomic<int> failed = 0;
  const auto both = [&](const char* one, const char* other) {
    const auto body = [&](st::Transaction& tx) -> st::Result<void> {
      ++runs;
      STK_TRY(tx.execute(kTouch, {one, "x"}));
      ++arrived;
      while (arrived < 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      STK_TRY(tx.execute(kTouch, {other, "x"}));
      return st::success();
    };
    if (!storage->control().transact({}, st::TransactMode::write, body)) ++failed;
  };
  std::thread left([&] { both("first", "second"); });
  std::thread right([&] { both("second", "first"); });
  left.join();
  right.join();
  CHECK(failed == 0);
  CHECK(runs > 2);  // the server rolled one of them back, and it ran again
}

TEST_CASE("a new connection has prepared what the others needed before it is asked for anything") {
  House house;
  house.tenant("anna");
  PostgresServer& server = PostgresServer::shared();
  st::PostgresOptions options;
  options.url = server.app(house.place);
  options.schema = st::schema();
  options.connections = 5;  // of which one user gets four
  auto storage = st::make_postgres_storage(std::move(options)).value();
  static constexpr st::Statement kHints{"hint.count", "SELECT count(*) FROM relay_hint"};
  static constexpr st::Statement kNames{"tenant.names", "SELECT name FROM tenant WHERE name > $1 ORDER BY name"};
  static constexpr st::Statement kPrepared{"prepared", "SELECT count(*) FROM pg_prepared_statements"};
  // So many connections at once; the fewest statements that one of them had prepared at its beginning.
  const auto at_once = [&](int connections) {
    std::atomic<int> arrived = 0;
    std::atomic<std::int64_t> fewest = 1'000;
    std::atomic<int> failed = 0;
    std::vector<std::thread> threads;
    const auto work = [&] {
      const auto body = [&](st::Transaction& tx) -> st::Result<void> {
        {
          STK_TRY(auto rows, tx.query(kPrepared));
          STK_TRY(const bool any, rows->next());
          std::int64_t least = fewest;
          while (any && rows->integer(0) < least && !fewest.compare_exchange_weak(least, rows->integer(0))) {
          }
        }
        ++arrived;
        while (arrived < connections) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        STK_TRY(tx.query(kHints));
        STK_TRY(tx.query(kNames, {"a"}));
        return st::success();
      };
      if (!storage->control().transact({}, st::TransactMode::read, body)) ++failed;
    };
    for (int n = 0; n < connections; ++n) threads.emplace_back(work);
    for (std::thread& thread : threads) thread.join();
    CHECK(failed == 0);
    return fewest.load();
  };
  const std::int64_t cold = at_once(2);
  const std::int64_t warm = at_once(4);
  CHECK(warm >= cold + 2);
}

TEST_CASE("a tenant with rows that the server cannot read stays closed until the server has been repaired") {
  House house;
  const auto anna = house.tenant("anna");
  house.seller(anna, house.first);
  const st::CallContext as_anna{.tenant = anna};
  PostgresServer& server = PostgresServer::shared();
  const std::string then = House::picture(house.open(house.first), anna);
  server.run(house.place, "CHECKPOINT");
  const std::string path = server
                               .run(house.place,
                                    "SELECT current_setting('data_directory') || '/' || pg_relation_filepath(oid) FROM "
                                    "pg_class WHERE relkind = 'r' AND relname LIKE 'ledger%' AND "
                                    "pg_relation_size(oid) > 0")
                               .at(0);
  // The first page of its movements; a server that runs would answer from its memory.
  constexpr std::streamsize kPage = 8'192;
  std::string sound(kPage, '\0');
  std::string noise(kPage, '\0');
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<char>(i * 2'654'435'761U >> 13);
  const auto put = [&](const std::string& page) {
    server.kill_now();
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.read(sound.data(), &page == &noise ? kPage : 0);
    file.seekp(0);
    REQUIRE(file.write(page.data(), kPage));
    file.close();
    server.start();
  };
  put(noise);
  {
    auto engine = house.open(house.first);
    CHECK(engine.ledger().movements({}, as_anna).collect().error().errc() == st::Errc::tenant_quarantined);
    const auto refused = engine.tenants().resume(anna);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::tenant_quarantined);
    CHECK(refused.error().message().find("repair the database server first") != std::string::npos);
    CHECK(engine.tenants().find(anna.text()).value().state == st::TenantState::quarantined);
    const auto findings = engine.doctor(as_anna).value();
    CHECK(std::any_of(findings.begin(), findings.end(),
                      [&](const auto& finding) { return finding.tenant == anna && finding.damaged; }));
  }
  put(sound);
  auto engine = house.open(house.first);
  CHECK(engine.tenants().resume(anna).value().state == st::TenantState::active);
  CHECK(House::picture(engine, anna) == then);
}
