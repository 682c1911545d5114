// The table of topics beside what is published; versions that a reader meets; what a waiting reader costs.
#include <set>

#include <stocktracker/adapters/sqlite.hpp>
#include <stocktracker/core/json_reader.hpp>

#include "tenant/quarantine.hpp"
#include "tenant/relay.hpp"
#include "tests/support/bazaar.hpp"
#include "tests/support/counted_statements.hpp"
#include "tests/support/house.hpp"
#include "tests/support/stepped_storage.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

// The members of a payload, in their order.
std::vector<std::string> members_of(const std::string& payload) {
  const auto document = st::JsonDocument::parse(payload).value();
  const auto object = document.root().object().value();
  std::vector<std::string> names;
  for (const st::JsonMember member : object) names.emplace_back(member.name);
  return names;
}

void check_as_in_table(const st::Event& event) {
  INFO(event.topic << " " << event.payload);
  const st::EventTopic* const topic = st::event_topic(event.topic);
  REQUIRE(topic != nullptr);
  CHECK(event.version == topic->version);
  std::vector<std::string> expected{"version"};
  for (const std::string_view member : topic->members) expected.emplace_back(member);
  CHECK(members_of(event.payload) == expected);
}

}  // namespace

TEST_CASE("each topic of the table is published, with its version and its members, and no other one") {
  House house;
  const auto anna = house.tenant("anna");
  const auto account = house.seller(anna, house.first);
  auto engine = house.open(house.first);
  const std::string backup = house.folder.file("anna.db");
  REQUIRE(engine.backup(backup, {.tenant = anna}));
  REQUIRE(engine.accounts().disconnect(account, {.tenant = anna}));
  REQUIRE(engine.tenants().suspend(anna));
  REQUIRE(engine.tenants().resume(anna));
  {
    const std::shared_ptr<st::Storage> store =
        st::make_sqlite_folder({.path = house.folder.file("house"), .schema = st::schema()}).value();
    const st::Quarantine quarantine(store, house.first.clock(), nullptr, nullptr);
    REQUIRE(quarantine.close(anna, "a test", {}).value());
  }
  REQUIRE(engine.tenants().restore(anna, backup));
  std::set<std::string> published;
  const auto events = engine.events().after(0, {}, {.tenant = anna}).value();
  for (const st::Event& event : events) {
    check_as_in_table(event);
    published.insert(event.topic);
  }
  std::set<std::string> known;
  for (const st::EventTopic& topic : st::kEventTopics) known.emplace(topic.name);
  CHECK(published == known);
}

TEST_CASE("a reader can tell an event of a newer version, of an unknown topic, and of the time before versions") {
  const auto clock = std::make_shared<st::testing::ManualClock>(st::Instant::from_seconds(1'000'000));
  const std::shared_ptr<st::Storage> storage =
      st::make_sqlite_storage({.path = ":memory:", .schema = st::schema()}).value();
  struct Case {
    const char* topic;
    const char* payload;
    int version;
  };
  const Case cases[] = {
      {"sync.finished", R"({"version":2,"runs":["a"]})", 2},
      {"price.changed", R"({"version":1,"offer":"A"})", 1},
      {"sync.finished", R"({"run":"a"})", 1},
      {"sync.finished", R"({"version":"two"})", 0},
      {"sync.finished", R"({"version":0})", 0},
      {"sync.finished", R"({"version":99999999999})", 0},
      {"sync.finished", R"([1])", 0},
      {"sync.finished", "no JSON", 0},
  };
  int number = 0;
  for (const Case& one : cases) {
    const st::EventId event(st::Uuid::v7(st::Instant::from_seconds(50 + ++number), 1, 1));
    const auto write = [&](st::Transaction& tx) {
      return st::publish_event(tx, event, one.topic, one.payload, clock->now());
    };
    REQUIRE(storage->tenant(st::kDefaultTenant).value()->transact({}, st::TransactMode::write, write));
    REQUIRE(st::write_relay_hint(*storage, st::kDefaultTenant, event, {}));
  }
  st::RelayCore relay(storage, clock);
  REQUIRE(relay.relay({}));
  const auto events = relay.events_after(st::kDefaultTenant, 0, 100, {}).value();
  REQUIRE(events.size() == std::size(cases));
  for (std::size_t i = 0; i < events.size(); ++i) {
    INFO(cases[i].payload);
    CHECK(events[i].version == cases[i].version);
  }
  CHECK(events[0].version > st::event_topic(events[0].topic)->version);
  CHECK(st::event_topic(events[1].topic) == nullptr);
}

TEST_CASE("a reader who waits looks ten times a second, in one transaction each time") {
  Bazaar bazaar;
  const auto storage = std::make_shared<SteppedStorage>(
      st::make_sqlite_storage({.path = ":memory:", .schema = st::schema(), .clock = bazaar.clock}).value());
  const auto engine =
      st::open({.storage = storage, .clock = bazaar.clock, .executor = st::make_inline_executor()}).value();
  const int before = storage->steps;
  CHECK(engine.events().after(0, {.wait = 60s}).value().empty());
  CHECK(storage->steps - before == 601);
}

TEST_CASE("an idle second of a reader who waits costs twenty statements, and thirty in a store of many tenants") {
  const TempFolder folder;
  const auto clock = std::make_shared<st::testing::ManualClock>();
  for (const bool many : {false, true}) {
    CAPTURE(many);
    auto store = many ? std::shared_ptr<st::Storage>(
                            st::make_sqlite_folder({.path = folder.file("house"), .schema = st::schema()}).value())
                      : st::make_sqlite_storage({.path = ":memory:", .schema = st::schema(), .clock = clock}).value();
    const auto storage = std::make_shared<CountedStatements>(std::move(store));
    const auto engine = st::open({.storage = storage, .clock = clock, .executor = st::make_inline_executor()}).value();
    const auto tenant = many ? engine.tenants().create("anna").value().id : st::TenantId();
    const st::CallContext context{.tenant = tenant};
    const auto cursor = engine.events().newest(context).value();
    const auto statements_of = [&](st::Duration wait) {
      const int before = storage->statements;
      CHECK(engine.events().after(cursor, {.wait = wait}, context).value().empty());
      return storage->statements - before;
    };
    const int per_look = many ? 3 : 2;
    CHECK(statements_of(0s) == per_look);
    CHECK(statements_of(60s) == 601 * per_look);
  }
}

TEST_CASE("a reader waits a day at most: a longer wait is refused before anything is read") {
  Bazaar bazaar;
  Stall stall(bazaar);
  const auto events = stall.engine.events();
  const auto cursor = events.newest().value();
  CHECK(events.after(cursor, {.wait = 24h}, {.timeout = 1s}).error().errc() == st::Errc::deadline_exceeded);
  const auto before = bazaar.clock->now();
  for (const st::Duration wait : {st::Duration(24h + 1us), st::Duration::max()}) {
    const auto refused = events.after(cursor, {.wait = wait});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().errc() == st::Errc::invalid_argument);
    CHECK(refused.error().details().field == "wait");
    CHECK(refused.error().message().find("24 hours") != std::string::npos);
  }
  CHECK(bazaar.clock->now() == before);
}
