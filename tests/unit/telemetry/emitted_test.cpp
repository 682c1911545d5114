// Every row of the tables of measurements and log events is emitted, on the simulated marketplaces; nothing else is.
#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/adapters/telemetry_export.hpp>
#include <stocktracker/assembly/open.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/support/catch.hpp"
#include "tests/support/recorded_telemetry.hpp"
#include "tests/support/shop.hpp"
#include "tests/support/stepped_storage.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

const std::string kPrefix = "stocktracker_";

// The program's telemetry: it throws at log events while the test wants it to.
class Fussy final : public st::Telemetry {
 public:
  explicit Fussy(std::shared_ptr<RecordedTelemetry> next) : next_(std::move(next)) {}
  void log(const st::LogEvent& event) override {
    if (throws) throw std::runtime_error("disk full");
    next_->log(event);
  }
  void count(std::string_view metric, std::int64_t by, std::span<const st::MetricLabel> labels) override {
    next_->count(metric, by, labels);
  }
  void observe(std::string_view metric, st::Duration value, std::span<const st::MetricLabel> labels) override {
    next_->observe(metric, value, labels);
  }
  bool throws = false;

 private:
  std::shared_ptr<RecordedTelemetry> next_;
};

class FullAudit final : public st::AuditSink {
 public:
  void record(const st::AuditEvent&) override { throw std::runtime_error("full"); }
};

// Runs each body of a reader twice, as a driver does after a conflict.
class Repeating final : public WrappedStorage {
 public:
  using WrappedStorage::WrappedStorage;

 private:
  st::Result<void> transact(st::Database& plane, const st::CallContext& context, st::TransactMode mode,
                            Body body) override {
    if (mode != st::TransactMode::read) return plane.transact(context, mode, body);
    return plane.transact(context, mode, [&](st::Transaction& transaction) -> st::Result<void> {
      STK_TRY(body(transaction));
      return body(transaction);
    });
  }
};

struct Scene {
  explicit Scene(st::testing::WorldOptions world_options, st::testing::WildberriesToken shape = {})
      : world(world_options),
        token(std::move(shape)),
        transport(std::make_shared<FaultyTransport>(world.transport())) {}

  [[nodiscard]] st::OpenOptions options() const {
    return {.path = ":memory:",
            .limits = st::LimitTable{},
            .transport = transport,
            .clock = world.clock(),
            .random = std::make_shared<st::testing::SeededRandom>(7),
            .executor = st::make_inline_executor(),
            .telemetry = telemetry};
  }
  [[nodiscard]] st::Result<st::Account> connect(const st::Engine& engine, const st::CallContext& context = {}) const {
    return engine.accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries, token)), {},
                                     context);
  }

  st::testing::World world;
  st::testing::WildberriesToken token;
  std::shared_ptr<FaultyTransport> transport;
  std::shared_ptr<RecordedTelemetry> telemetry = std::make_shared<RecordedTelemetry>();
};

void collect(const Scene& scene, RecordedTelemetry& all) {
  CHECK(scene.telemetry->unlisted == std::set<std::string>{});
  for (const auto& [name, times] : scene.telemetry->seen) all.seen[name] += times;
  for (const auto& [label, values] : scene.telemetry->values) all.values[label].insert(values.begin(), values.end());
  all.text += scene.telemetry->text;
}

// A week of a shop with faults: retries, a source that is refused, an answer that is held, rows that are odd.
void trade(RecordedTelemetry& all) {
  Scene scene({.seed = 21, .offers = 60, .orders_per_offer_day_x100 = 0}, {.lives = 24h * 7});
  auto engine = st::open(scene.options()).value();
  const auto account = scene.connect(engine).value();
  REQUIRE(engine.sync().run(account.id, {.orders = true, .prices = true}));
  const auto& sums = *scene.telemetry;
  CHECK(sums.sum(kPrefix + "sync_runs_ended_total{vendor=wildberries,state=ok}") == 1);
  CHECK(sums.sum(kPrefix + "ledger_entries_total{vendor=wildberries}") == engine.ledger().verify().value().entries);
  CHECK(sums.sum(kPrefix + "sync_sources_ended_total{vendor=wildberries,source=fbs,state=ok}") == 2);
  CHECK(sums.seen.at("account.credential_expiring") >= 1);
  REQUIRE(engine.events().after(0));  // carries the events over

  scene.world.empty_report_until(scene.world.clock()->now() + 5h);
  scene.world.clock()->advance(1h);
  CHECK(engine.sync().run(account.id, {.dry_run = true}).value().state == st::RunState::held);
  CHECK(scene.telemetry->seen.count("sync.source_held") == 0);  // a dry run waits for nobody
  CHECK(engine.sync().run(account.id).value().state == st::RunState::held);
  CHECK(sums.sum(kPrefix + "sync_sources_held_total{vendor=wildberries,source=fbo}") == 1);

  scene.world.clock()->advance(24h);
  scene.world.faults().replace({});
  scene.world.faults().at(scene.world.clock()->now() - st::testing::ManualClock::kStart,
                          st::testing::answer_status(503, 1));
  REQUIRE(engine.sync().run(account.id));
  scene.transport->fail("cards/list", st::HttpResponse{403, {}, "{}"});
  for (int run = 0; run < 8; ++run) (void)engine.sync().run(account.id);
  collect(scene, all);
}

// Rows that cannot be read.
void skip_rows(RecordedTelemetry& all) {
  Scene scene({.seed = 27, .offers = 60});
  scene.world.faults().at(0h, {.kind = st::testing::FaultKind::odd_decimals, .size = 1});
  auto engine = st::open(scene.options()).value();
  const auto account = scene.connect(engine).value();
  const auto run = engine.sync().run(account.id, {.prices = true}).value();
  CHECK(source(run, "prices").skipped == 2);
  CHECK(scene.telemetry->sum(kPrefix + "sync_source_rows_skipped_total{vendor=wildberries,source=prices}") == 2);
  collect(scene, all);
}

// Limits that make requests wait, and limits that are used up.
void wait_for_limits(RecordedTelemetry& all) {
  Scene scene({.seed = 22, .offers = 40});
  auto options = scene.options();
  options.limits = st::LimitTable::shipped();
  options.retry.max_wait = 5s;
  auto engine = st::open(options).value();
  const auto account = scene.connect(engine).value();
  for (int run = 0; run < 12; ++run) (void)engine.sync().run(account.id, {.orders = true, .prices = true});
  collect(scene, all);
}

// Runs that do not start, or are stopped; audits and telemetry that throw; a credential of another key.
void misuse(RecordedTelemetry& all) {
  TempFolder folder;
  Scene scene({.seed = 23, .offers = 30});
  const auto fussy = std::make_shared<Fussy>(scene.telemetry);
  auto options = scene.options();
  options.path = folder.file("shop.db");
  options.key_file = folder.file("one.key");
  options.audit = std::make_shared<FullAudit>();
  options.telemetry = fussy;
  st::AccountId id;
  {
    auto engine = st::open(options).value();
    id = scene.connect(engine).value().id;
    std::stop_source stop;
    stop.request_stop();
    CHECK_FALSE(engine.sync().run(id, {.stop = stop.get_token()}));
    REQUIRE(engine.sync().run(id, {.actor = "anna"}));  // the audit is full
    CHECK(scene.telemetry->sum(kPrefix + "audit_failures_total{}") >= 1);
    fussy->throws = true;
    REQUIRE(engine.sync().run(id));
    fussy->throws = false;
    CHECK(scene.telemetry->sum(kPrefix + "telemetry_failures_total{}") >= 1);
  }
  {
    auto other = scene.options();
    other.key_file = folder.file("two.key");
    REQUIRE(st::open(other));  // makes the key
    other.path = options.path;
    auto engine = st::open(other).value();
    CHECK_FALSE(engine.sync().run(id));
    REQUIRE(scene.connect(engine));
    REQUIRE(engine.accounts().disconnect(id));
    CHECK_FALSE(engine.sync().run(id));
    CHECK(scene.telemetry->sum(kPrefix + "sync_runs_refused_total{vendor=wildberries,reason=credentials_missing}") ==
          1);
  }
  collect(scene, all);
}

// A store that fails once, at each step; and from each step on.
void fail_store(RecordedTelemetry& all) {
  for (const bool stays : {false, true}) {
    for (int step = 0; step < 40; ++step) {
      Scene scene({.seed = 24, .offers = 10, .seller_warehouses = 1});
      auto stepped = std::make_shared<SteppedStorage>(
          std::make_shared<Repeating>(st::make_sqlite_storage({.path = ":memory:", .schema = st::schema()}).value()));
      auto options = scene.options();
      options.path.clear();
      options.storage = stepped;
      auto engine = st::open(options).value();
      stepped->steps = 0;
      stepped->before = [&](int now) -> st::Result<void> {
        if (now == step || (stays && now > step)) return st::Error(st::Errc::store_busy, "busy");
        return st::success();
      };
      const auto account = scene.connect(engine);
      if (account) (void)engine.sync().run(account.value().id);
      stepped->before = nullptr;
      collect(scene, all);
    }
  }
}

// Tenants: one that is damaged, one that is half made, one that cannot be relayed.
void break_tenants(RecordedTelemetry& all) {
  TempFolder folder;
  Scene scene({.seed = 25, .offers = 10});
  const std::string path = folder.file("house") + "/";
  auto stepped = std::make_shared<SteppedStorage>(
      st::make_sqlite_folder({.path = folder.file("house"), .schema = st::schema()}).value());
  auto options = scene.options();
  options.path.clear();
  options.storage = stepped;
  st::TenantId tenant, other;
  {
    auto engine = st::open(options).value();
    tenant = engine.tenants().create("one").value().id;
    other = engine.tenants().create("two").value().id;
    for (int step = 0; step < 20; ++step) {
      const auto account = scene.connect(engine, {.tenant = tenant}).value();
      scene.world.clock()->advance(24h);
      stepped->steps = 0;
      stepped->before = [&](int now) -> st::Result<void> {
        if (now == step) return st::Error(st::Errc::store_busy, "busy");
        return st::success();
      };
      const st::EventId stamp(st::Uuid::v7(scene.world.clock()->now(), 1, static_cast<std::uint64_t>(step)));
      (void)engine.sync().run(account.id, {.tenant = tenant});
      stepped->steps = 0;
      (void)engine.directory().relay();
      stepped->before = nullptr;
    }
  }
  options.storage.reset();
  options.path = path;
  const std::string file = folder.file("house") + "/tenants/" + tenant.text() + ".db";
  const auto spoil = [](const std::string& name) {
    const auto size = fs::file_size(name);
    std::ofstream(name, std::ios::binary) << std::string(size, 'x');
  };
  stepped.reset();
  spoil(file);
  {
    auto reader = options;
    reader.read_only = true;
    auto engine = st::open(reader).value();
    CHECK_FALSE(engine.stock().positions({}, {.tenant = tenant}).collect());
  }
  {
    auto engine = st::open(options).value();
    CHECK_FALSE(engine.stock().positions({}, {.tenant = tenant}).collect());
    CHECK(scene.telemetry->sum(kPrefix + "tenants_quarantined_total{}") == 1);
  }
  {
    const auto storage = st::make_sqlite_folder({.path = folder.file("house"), .schema = st::schema()}).value();
    const std::string id = other.text();
    static constexpr st::Statement kHalf{"test.half", "UPDATE tenant SET state = 'creating' WHERE tenant_id = $1"};
    REQUIRE(storage->control().transact({}, st::TransactMode::write, [&](st::Transaction& tx) -> st::Result<void> {
      STK_TRY(tx.execute(kHalf, {st::SqlValue(id)}));
      return st::success();
    }));
  }
  spoil(folder.file("house") + "/tenants/" + other.text() + ".db");
  REQUIRE(st::open(options));
  collect(scene, all);
}

void overflow(RecordedTelemetry& all) {
  const auto exporter =
      st::make_telemetry_export({.clock = std::make_shared<st::testing::ManualClock>(), .most_series = 0}).value();
  exporter->count("x_total", 1, {});
  const std::string name(st::info_of(st::Metric::export_dropped).name);
  REQUIRE(exporter->prometheus_text().find(name + "{item=\"series\"} 1\n") != std::string::npos);
  ++all.seen[name];
}

}  // namespace

TEST_CASE("every measurement and log event of the tables is emitted, and nothing else") {
  RecordedTelemetry all;
  trade(all);
  skip_rows(all);
  wait_for_limits(all);
  misuse(all);
  fail_store(all);
  break_tenants(all);
  overflow(all);
  std::vector<std::string> never;
  for (const auto& row : st::kMetricTable) {
    if (!all.seen.contains(std::string(row.name))) never.emplace_back(row.name);
  }
  for (const auto& row : st::kLogTable) {
    if (!all.seen.contains(std::string(row.name))) never.emplace_back(row.name);
  }
  CHECK(never == std::vector<std::string>{});

  // Labels have few values, and none is an id, a warehouse, an offer or a text of the seller.
  for (const auto& [label, values] : all.values) {
    CAPTURE(label, values);
    CHECK(values.size() <= 30);
    for (const std::string& value : values) {
      CHECK(value.size() <= 40);
      CHECK(std::all_of(value.begin(), value.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
      }));
    }
  }
}

TEST_CASE("neither labels nor log events hold a token or a key") {
  Scene scene({.seed = 26, .offers = 20});
  auto engine = st::open(scene.options()).value();
  const auto account = scene.connect(engine).value();
  scene.transport->fail("api/v3", st::HttpResponse{401, {}, "{}"});
  REQUIRE(engine.sync().run(account.id, {.orders = true}));
  std::string all = scene.telemetry->text;
  for (const auto& [series, sum] : scene.telemetry->sums) all += series + "\n";
  const st::Secret token = scene.world.token(st::Channel::wildberries);
  CHECK(all.find(token.reveal()) == std::string::npos);
  CHECK(all.find(std::string(token.reveal()).substr(0, 24)) == std::string::npos);
  CHECK(all.find("Authorization") == std::string::npos);
}
