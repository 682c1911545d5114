// Events by number: readers that continue, wait, come too late, and relays whose clocks differ.
#include <set>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/assembly/tenant_engine.hpp>
#include <stocktracker/testing/manual_clock.hpp>

#include "tenant/relay.hpp"
#include "tests/support/bazaar.hpp"
#include "tests/support/house.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

// A store whose events are made by hand, and a reader that continues after the last number.
struct Line {
  // `at`: by the clock of the process that makes it.
  void put(int number, st::Duration at = {}) const {
    const st::EventId event(st::Uuid::v7(st::Instant::from_seconds(50 + number) + at, 1, 1));
    const auto write = [&](st::Transaction& tx) {
      return st::publish_event(tx, event, "sync.finished", R"({"n":)" + std::to_string(number) + "}", clock->now());
    };
    REQUIRE(storage->tenant(st::kDefaultTenant).value()->transact({}, st::TransactMode::write, write));
    REQUIRE(st::write_relay_hint(*storage, st::kDefaultTenant, event, {}));
  }
  st::Result<std::vector<st::Event>> page(std::int64_t after, int most = 100) const {
    return st::RelayCore(storage, clock).events_after(st::kDefaultTenant, after, most, {});
  }
  st::EventBounds bounds() const { return st::RelayCore(storage, clock).event_bounds(st::kDefaultTenant, {}).value(); }
  void read() {
    const auto events = page(cursor).value();
    for (const auto& event : events) {
      CHECK(event.number == cursor + 1);
      cursor = event.number;
      seen.push_back(event.payload);
    }
  }

  std::shared_ptr<st::testing::ManualClock> clock =
      std::make_shared<st::testing::ManualClock>(st::Instant::from_seconds(1'000'000));
  std::shared_ptr<st::Storage> storage = st::make_sqlite_storage({.path = ":memory:", .schema = st::schema()}).value();
  std::int64_t cursor = 0;
  std::vector<std::string> seen;
};

}  // namespace

TEST_CASE("a reader by number misses no event of two relays with clocks an hour apart, and reads none twice") {
  for (const bool fast_first : {true, false}) {
    CAPTURE(fast_first);
    Line line;
    const auto fast_clock = std::make_shared<st::testing::ManualClock>(line.clock->now() + 1h);
    st::RelayCore fast(line.storage, fast_clock);
    st::RelayCore slow(line.storage, line.clock);
    std::vector<std::string> all;
    for (int number = 1; number <= 20; ++number) {
      // Every third one was made by a process an hour ahead, so that ids do not follow the order of arrival.
      line.put(number, number % 3 == 0 ? 1h : 0h);
      CHECK(((number % 2 == 0) == fast_first ? fast : slow).relay({}).value() == 1);
      all.push_back(R"({"n":)" + std::to_string(number) + "}");
      line.read();
      line.clock->advance(1s);
      fast_clock->advance(1s);
    }
    CHECK(line.seen == all);
    CHECK(line.bounds().newest == 20);
  }
}

TEST_CASE("pages of events are as long as they are asked for, and an event that came twice has one number") {
  Line line;
  for (int number = 1; number <= 7; ++number) line.put(number);
  st::RelayCore relay(line.storage, line.clock);
  CHECK(relay.relay({}).value() == 7);
  line.put(7);  // again in the outbox, as after a relay that died between the planes
  CHECK(relay.relay({}).value() == 0);
  line.put(8);
  CHECK(relay.relay({}).value() == 1);
  const auto first = line.page(0, 5).value();
  REQUIRE(first.size() == 5);
  CHECK(first.back().number == 5);
  const auto rest = line.page(5, 5).value();
  REQUIRE(rest.size() == 3);
  CHECK(rest.back().number == 8);
  CHECK(line.page(8).value().empty());
}

TEST_CASE("a cursor is gone when the events after it are no longer kept, or when it is of another store") {
  Line line;
  st::RelayCore relay(line.storage, line.clock);
  line.put(1);
  line.put(2);
  REQUIRE(relay.relay({}));
  line.clock->advance(24h * 30 + 1s);
  line.put(3);
  REQUIRE(relay.relay({}));  // forgets the first two
  CHECK(line.bounds().oldest == 2);
  CHECK(line.page(0).error().errc() == st::Errc::cursor_gone);
  CHECK(line.page(1).error().errc() == st::Errc::cursor_gone);
  CHECK(line.page(1).error().details().field == "cursor");
  CHECK(line.page(2).value().size() == 1);
  CHECK(line.page(3).value().empty());
  CHECK(line.page(4).error().errc() == st::Errc::cursor_gone);

  // Numbers go on when no event is kept at all.
  line.clock->advance(24h * 31);
  line.put(4);
  REQUIRE(relay.relay({}));
  CHECK(line.bounds().newest == 4);
  CHECK(line.bounds().oldest == 3);
}

TEST_CASE("events that an older version adds to a migrated store are numbered before the next one") {
  Line line;
  st::RelayCore relay(line.storage, line.clock);
  line.put(1);
  REQUIRE(relay.relay({}));
  const auto older = [&](int number) {
    const std::string id = st::EventId(st::Uuid::v7(st::Instant::from_seconds(number), 2, 2)).text();
    const std::string tenant = st::kDefaultTenant.text();
    const auto write = [&](st::Transaction& tx) -> st::Result<void> {  // without the columns of later migrations
      STK_TRY(tx.upsert("tenant_event", st::OnConflict::fail,
                        {st::SqlColumn::constant("event_id", id), st::SqlColumn::constant("tenant_id", tenant),
                         st::SqlColumn::constant("topic", "sync.finished"), st::SqlColumn::constant("payload", "{}"),
                         st::SqlColumn::constant("created_at", 0),
                         st::SqlColumn::constant("relayed_at", line.clock->now().micros() + number)}));
      return st::success();
    };
    REQUIRE(line.storage->control().transact({}, st::TransactMode::write, write));
  };
  older(2);
  older(3);
  CHECK(line.bounds().oldest == 0);
  CHECK(line.page(0).value().size() == 1);
  line.put(4);
  REQUIRE(relay.relay({}));
  line.read();
  CHECK(line.seen == std::vector<std::string>{R"({"n":1})", "{}", "{}", R"({"n":4})"});
  CHECK(line.bounds().newest == 4);
}

TEST_CASE("a reader that waits sees an event without a relay of its own, and otherwise nothing when its time is over") {
  Bazaar bazaar;
  bazaar.list({"A"});
  bazaar.hold_fbo({{"A", 1}});
  Stall stall(bazaar);
  const auto events = stall.engine.events();
  CHECK(events.oldest().value() == 0);
  const auto cursor = events.newest().value();
  CHECK(cursor == 1);  // the connection
  const auto before = bazaar.clock->now();
  CHECK(events.after(cursor, {.wait = 5s}).value().empty());
  CHECK(bazaar.clock->now() - before == 5s);
  CHECK(events.after(cursor).value().empty());

  REQUIRE(stall.sync().state == st::RunState::ok);
  const auto came = events.after(cursor, {.wait = 1h}).value();
  REQUIRE(came.size() == 1);
  CHECK(came.front().topic == "sync.finished");
  CHECK(came.front().payload.find(stall.account.text()) != std::string::npos);

  CHECK(events.after(came.front().number, {.wait = 1h}, {.timeout = 2s}).error().errc() == st::Errc::deadline_exceeded);
  std::stop_source source;
  source.request_stop();
  CHECK(events.after(came.front().number, {.wait = 1h}, {.stop = source.get_token()}).error().errc() ==
        st::Errc::cancelled);
  CHECK(events.after(0, {.most = 0}).error().details().field == "most");
  CHECK(events.after(0, {.wait = -1us}).error().details().field == "wait");
}

TEST_CASE("each tenant has its own numbers, and what the operator does to it is among its events") {
  House house;
  const auto anna = house.tenant("anna");
  const auto boris = house.tenant("boris");
  house.seller(anna, house.first);
  house.seller(boris, house.second);
  auto engine = house.open(house.first);
  REQUIRE(engine.tenants().suspend(anna));
  REQUIRE(engine.tenants().resume(anna));
  const auto topics = [&](const st::TenantId& tenant) {
    std::vector<std::string> names;
    std::int64_t number = 0;
    const auto handle = engine.as(tenant, {.actor = "u", .permissions = {st::Permission::events_read}}).value();
    const auto events = handle.events().after(0).value();
    std::set<std::string> ids;
    for (const auto& event : events) {
      CHECK(event.number == ++number);
      CHECK(ids.insert(event.id.text()).second);
      names.push_back(event.topic);
    }
    return names;
  };
  // The event of the run was waiting for a relay, and arrived when it was asked for.
  CHECK(topics(anna) ==
        std::vector<std::string>{"account.connected", "tenant.suspended", "tenant.resumed", "sync.finished"});
  CHECK(topics(boris) == std::vector<std::string>{"account.connected", "sync.finished"});
  CHECK(engine.events().after(0).error().errc() == st::Errc::tenant_unset);
  const auto handle = engine.as(anna, {.actor = "u", .permissions = st::Permissions::all()}).value();
  REQUIRE(engine.tenants().remove(anna));
  CHECK(handle.events().after(0).error().errc() == st::Errc::not_found);
  CHECK(handle.events().newest().error().errc() == st::Errc::not_found);
  const st::TenantId nobody(st::Uuid::v7(st::Instant::from_seconds(3), 1, 1));
  CHECK(engine.events().after(0, {}, {.tenant = nobody}).error().errc() == st::Errc::not_found);
}
