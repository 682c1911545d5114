// Accounts with several tokens, refused tokens and base tokens.
#include <map>

#include "tests/support/shop.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;
using st::testing::WildberriesToken;
using st::testing::WildberriesTokenType;

namespace {

struct Setup {
  explicit Setup(
      st::testing::WorldOptions options = {.seed = 21, .offers = 40, .orders_per_offer_day_x100 = 0, .limits = true},
      const std::string& path = ":memory:", const std::string& key = "")
      : world(options) {
    engine.emplace(open(path, key));
  }
  st::Engine open(const std::string& path, const std::string& key) const {
    return st::open({.path = path,
                     .key_file = key,
                     .transport = world.transport(),
                     .clock = world.clock(),
                     .random = std::make_shared<st::testing::SeededRandom>(1),
                     .executor = st::make_inline_executor()})
        .value();
  }
  st::Result<st::Account> connect(const WildberriesToken& shape) {
    return engine->accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries, shape)));
  }
  std::map<std::string, std::int64_t> sums(const st::AccountId& account) const {
    std::map<std::string, std::int64_t> all;
    const auto positions = engine->stock().positions({.account = account}).collect().value();
    for (const auto& p : positions) {
      all[p.offer.key + to_string(p.kind)] += p.on_hand ? p.on_hand->units() : -1;
    }
    return all;
  }
  std::map<std::string, std::int64_t> truth() const {
    std::map<std::string, std::int64_t> all;
    const auto positions = world.truth(st::Channel::wildberries);
    for (const auto& p : positions) all[p.offer + to_string(p.kind)] += p.on_hand;
    return all;
  }
  st::testing::World world;
  std::optional<st::Engine> engine;
};

template <class Map>
Map without_zeros(Map map) {
  for (auto it = map.begin(); it != map.end();) it = it->second == 0 ? map.erase(it) : std::next(it);
  return map;
}

}  // namespace

TEST_CASE("several tokens make one account, each used for what it opens") {
  const TempFolder folder;
  Setup setup({.seed = 21, .offers = 40, .orders_per_offer_day_x100 = 0}, folder.file("shop.db"), folder.file("key"));
  const auto first = setup.connect({WildberriesTokenType::personal, {"content"}}).value();
  auto run = setup.engine->sync().run(first.id).value();
  CHECK(source(run, "catalogue").state == st::SourceState::ok);
  CHECK(source(run, "fbo").state == st::SourceState::denied);
  CHECK(source(run, "fbo").error->errc() == st::Errc::vendor_forbidden);
  CHECK(source(run, "warehouses").state == st::SourceState::denied);
  const auto second = setup.connect({WildberriesTokenType::personal, {"analytics", "marketplace"}}).value();
  CHECK(second.id == first.id);
  CHECK(setup.engine->accounts().credentials(first.id).value().size() == 2);
  // Another process holds both.
  setup.engine.emplace(setup.open(folder.file("shop.db"), folder.file("key")));
  run = setup.engine->sync().run(first.id).value();
  CHECK(run.state == st::RunState::ok);
  CHECK(without_zeros(setup.sums(first.id)) == without_zeros(setup.truth()));
  CHECK(setup.engine->accounts().health(first.id).value().state == st::HealthState::ok);
}

TEST_CASE("a token that is refused stores nothing; an outage says nothing about it") {
  Setup setup;
  CHECK(setup.engine->accounts().connect(st::wildberries::credentials(st::Secret::copy_of("a.b.c"))).error().kind() ==
        st::ErrorKind::unauthenticated);
  setup.world.faults().replace(st::testing::FaultScript().at(0s, st::testing::answer_status(403, 1)));
  CHECK(setup.connect({}).error().kind() == st::ErrorKind::denied);
  setup.world.faults().replace(st::testing::FaultScript().at(0s, st::testing::answer_status(503, 0)));
  CHECK(setup.connect({}).error().kind() == st::ErrorKind::unavailable);
  CHECK(setup.engine->accounts().list().collect().value().empty());
  setup.world.faults().clear();
  setup.world.clock()->advance(10min);
  CHECK(setup.connect({}));
}

TEST_CASE("a base token reads stock by the remains report, with the right sums and without its pseudo-warehouses") {
  Setup setup;
  const auto account = setup.connect({WildberriesTokenType::base}).value();
  for (int round = 0; round < 3; ++round) {
    const auto run = setup.engine->sync().run(account.id).value();
    CAPTURE(run.to_json());
    REQUIRE(run.state == st::RunState::ok);
    CHECK(without_zeros(setup.sums(account.id)) == without_zeros(setup.truth()));
    const auto positions = setup.engine->stock().positions({.account = account.id}).collect().value();
    for (const auto& p : positions) {
      CHECK(p.warehouse.name.find("В пути") == std::string::npos);
      CHECK(p.warehouse.name.find("Всего") == std::string::npos);
      if (p.kind == st::StockKind::fbo) CHECK(p.warehouse.key == "name:" + p.warehouse.name);
    }
    setup.world.clock()->advance(1h);
  }
  CHECK(setup.world.rejections() == 0);
  CHECK(setup.engine->ledger().verify().value().broken == 0);
}

TEST_CASE("a kind of token that the main method refuses switches once, and stays") {
  Setup setup;
  setup.world.faults().at(
      0s, {.kind = st::testing::FaultKind::status, .path = "wb-warehouses", .status = 403, .lasts = 2h});
  const auto account = setup.connect({}).value();
  REQUIRE(setup.engine->sync().run(account.id).value().state == st::RunState::ok);
  CHECK(without_zeros(setup.sums(account.id)) == without_zeros(setup.truth()));
  setup.world.clock()->advance(5h);  // the main method would answer again
  REQUIRE(setup.engine->sync().run(account.id).value().state == st::RunState::ok);
  const auto positions = setup.engine->stock().positions({.account = account.id}).collect().value();
  for (const auto& p : positions) {
    if (p.kind == st::StockKind::fbo) CHECK(p.warehouse.key.starts_with("name:"));
  }
}

TEST_CASE("an account that could read the report is denied when it is refused, its warehouses keep their names") {
  Setup setup;
  const auto account = setup.connect({}).value();
  REQUIRE(setup.engine->sync().run(account.id).value().state == st::RunState::ok);
  const auto before = setup.sums(account.id);
  setup.world.faults().at(
      0s, {.kind = st::testing::FaultKind::status, .path = "wb-warehouses", .status = 403, .lasts = 3h});
  setup.world.clock()->advance(1h);
  const auto run = setup.engine->sync().run(account.id).value();
  CHECK(source(run, "fbo").state == st::SourceState::denied);
  CHECK(setup.sums(account.id) == before);
  CHECK(setup.engine->accounts().health(account.id).value().state == st::HealthState::denied);
}

TEST_CASE("a report that is not ready in time is taken up by the next run") {
  Setup setup;
  const auto account = setup.connect({WildberriesTokenType::base}).value();
  // The status cannot be asked for a while: the run gives up, the task is remembered.
  setup.world.faults().at(0s, {.kind = st::testing::FaultKind::throttle, .path = "/status", .wait = 5min});
  auto run = setup.engine->sync().run(account.id).value();
  CHECK(source(run, "fbo").state == st::SourceState::throttled);
  CHECK(source(run, "fbo").retry_at);
  setup.world.clock()->advance(6min);
  const auto requests = setup.world.requests();
  run = setup.engine->sync().run(account.id).value();
  CHECK(run.state == st::RunState::ok);
  // Cards 2, warehouses 1, seller stock 2, status 1, download 1: no second order.
  CHECK(setup.world.requests() - requests == 7);
  CHECK(without_zeros(setup.sums(account.id)) == without_zeros(setup.truth()));
}
