// Events on PostgreSQL: two relays with pools and clocks of their own, a relay that is killed between its steps, the
// operator's events among them, and the time until a reader sees an event.
#include "tests/support/event_latency.hpp"

#include <signal.h>

#include <functional>
#include <map>
#include <set>

#include <stocktracker/adapters/postgres.hpp>
#include <stocktracker/adapters/system.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "tests/support/child_process.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/stepped_storage.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

const st::Instant kStart = st::Instant::from_seconds(1'795'300'000);

st::PostgresOptions options_for(const std::string& url) {
  st::PostgresOptions options;
  options.url = url;
  options.schema = st::schema();
  options.connections = 4;
  return options;
}

std::string migrated() {
  auto& server = PostgresServer::shared();
  const std::string database = server.fresh_database();
  struct Stages final : st::ProgressSink {
    void report(const st::Progress& step) override { CHECK(st::progress_stage(step.stage) != nullptr); }
  };
  st::CallContext context;
  context.progress = std::make_shared<Stages>();
  REQUIRE(st::migrate_postgres(options_for(server.owner(database)), context));
  return database;
}

std::shared_ptr<st::Storage> store_in(const std::string& database) {
  return st::make_postgres_storage(options_for(PostgresServer::shared().app(database))).value();
}

st::Engine engine_over(std::shared_ptr<st::Storage> storage, std::shared_ptr<st::Clock> clock = nullptr) {
  return st::open({.storage = std::move(storage), .clock = std::move(clock), .executor = st::make_inline_executor()})
      .value();
}

std::shared_ptr<st::testing::ManualClock> clock_at(st::Duration after_start) {
  return std::make_shared<st::testing::ManualClock>(kStart + after_start);
}

std::vector<st::TenantId> two_tenants(const std::string& database) {
  auto engine = engine_over(store_in(database));
  return {engine.tenants().create("anna").value().id, engine.tenants().create("boris").value().id};
}

st::Result<void> put(st::Storage& storage, const st::TenantId& tenant, int number, st::Instant now) {
  const st::EventId event(
      st::Uuid::v7(now, static_cast<std::uint64_t>(number), std::hash<std::string>()(tenant.text())));
  return put_event(storage, tenant, event, st::kSyncFinished, R"({"n":)" + std::to_string(number) + "}", now);
}

// Continues behind the last number; every number must be the next one, and every event a new one.
struct Reader {
  void read(const st::Engine& engine) {
    while (true) {
      const auto page = engine.events().after(cursor, {.most = 7}, {.tenant = tenant});
      REQUIRE(page);
      for (const st::Event& event : page.value()) {
        CHECK(event.number == cursor + 1);
        cursor = event.number;
        CHECK(ids.insert(event.id.text()).second);
        ++topics[event.topic];
        if (event.topic == st::kSyncFinished) CHECK(payloads.insert(event.payload).second);
      }
      if (page.value().empty()) return;
    }
  }

  explicit Reader(st::TenantId reads) : tenant(reads) {}

  const st::TenantId tenant;
  std::int64_t cursor = 0;
  std::set<std::string> ids;
  std::set<std::string> payloads;
  std::map<std::string, int> topics;
};

constexpr int kEach = 40;  // events of each process for each tenant

// One process: publishes and relays by its own clock, over its own connections.
int publish_and_relay(const std::string& database, const std::vector<st::TenantId>& tenants, int process) {
  const auto storage = store_in(database);
  const auto clock = clock_at(process * 1h);
  auto engine = engine_over(storage, clock);
  for (int n = 0; n < kEach; ++n) {
    for (const st::TenantId& tenant : tenants) {
      if (!put(*storage, tenant, process * 1'000 + n, clock->now())) return 1;
    }
    if (!engine.directory().relay()) return 2;
    clock->advance(100ms);
  }
  return 0;
}

}  // namespace

TEST_CASE(
    "PostgreSQL: of two relays in two processes with clocks an hour apart no event is lost, repeated or misnumbered") {
  const std::string database = migrated();
  const auto tenants = two_tenants(database);
  ChildProcess slow([&] { return publish_and_relay(database, tenants, 0); });
  ChildProcess fast([&] { return publish_and_relay(database, tenants, 1); });
  auto engine = engine_over(store_in(database), clock_at(30min));
  Reader anna(tenants[0]);
  Reader boris(tenants[1]);
  constexpr int kSuspensions = 5;
  for (int n = 0; n < kSuspensions; ++n) {
    REQUIRE(engine.tenants().suspend(tenants[0]));
    anna.read(engine);
    boris.read(engine);
    REQUIRE(engine.tenants().resume(tenants[0]));
    anna.read(engine);
  }
  CHECK(slow.code() == 0);
  CHECK(fast.code() == 0);
  REQUIRE(engine.directory().relay());
  anna.read(engine);
  boris.read(engine);
  CHECK(anna.payloads.size() == 2 * kEach);
  CHECK(boris.payloads.size() == 2 * kEach);
  CHECK(anna.topics[std::string(st::kTenantSuspended)] == kSuspensions);
  CHECK(anna.topics[std::string(st::kTenantResumed)] == kSuspensions);
  CHECK(anna.cursor == 2 * kEach + 2 * kSuspensions);
  CHECK(boris.cursor == 2 * kEach);
}

TEST_CASE("PostgreSQL: a relay that is killed between any two of its steps loses no event and repeats none") {
  const std::string database = migrated();
  const auto tenants = two_tenants(database);
  Reader reader(tenants[0]);
  constexpr int kPut = 3;
  int killed = 0;
  for (bool ended = false; !ended; ++killed) {
    ChildProcess child([&] {
      const auto stepped = std::make_shared<SteppedStorage>(store_in(database));
      const auto clock = clock_at(killed * 1s);
      auto engine = engine_over(stepped, clock);
      for (int n = 0; n < kPut; ++n) {
        if (!put(*stepped, tenants[0], killed * kPut + n, clock->now())) return 1;
      }
      stepped->before = [&, first = stepped->steps](int step) -> st::Result<void> {
        if (step - first == killed) ::kill(::getpid(), SIGKILL);
        return st::success();
      };
      return engine.directory().relay() ? 0 : 2;
    });
    const int code = child.code();
    REQUIRE((code == -1 || code == 0));
    ended = code == 0;
    // Another process relays by a clock an hour ahead; what had arrived before the end keeps its numbers.
    reader.read(engine_over(store_in(database), clock_at(1h)));
    CHECK(reader.cursor == (killed + 1) * kPut);
  }
  std::printf("a relay killed before each of its %d steps\n", killed - 1);
  CHECK(killed > 8);
}

TEST_CASE("PostgreSQL: a cursor is gone when the events after it are no longer kept") {
  const std::string database = migrated();
  const auto tenant = two_tenants(database).front();
  const auto storage = store_in(database);
  const auto clock = clock_at(0s);
  auto engine = engine_over(storage, clock);
  REQUIRE(put(*storage, tenant, 1, clock->now()));
  REQUIRE(engine.directory().relay());
  clock->advance(24h * 30 + 1s);
  REQUIRE(put(*storage, tenant, 2, clock->now()));
  REQUIRE(engine.directory().relay());
  CHECK(engine.events().after(0, {}, {.tenant = tenant}).error().errc() == st::Errc::cursor_gone);
  CHECK(engine.events().after(3, {}, {.tenant = tenant}).error().errc() == st::Errc::cursor_gone);
  CHECK(engine.events().oldest({.tenant = tenant}).value() == 1);
  CHECK(engine.events().after(1, {}, {.tenant = tenant}).value().size() == 1);
}

TEST_CASE("PostgreSQL: a reader who waits sees an event of this or another process within 200 ms of its commit") {
  const std::string database = migrated();
  const auto tenants = two_tenants(database);
  {
    ChildProcess publisher([&] { return publish_measured(*store_in(database), tenants[0]) ? 0 : 1; });
    read_measured(engine_over(store_in(database)), tenants[0], 0, store_in(database), "PostgreSQL, two processes");
    CHECK(publisher.code() == 0);
  }
  const auto storage = store_in(database);
  const auto engine = engine_over(storage);
  std::optional<st::Result<void>> published;
  std::jthread publisher([&] { published.emplace(publish_measured(*storage, tenants[1])); });
  read_measured(engine, tenants[1], 0, storage, "PostgreSQL");
  publisher.join();
  CHECK(published.value());
}
