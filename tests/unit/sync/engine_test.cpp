// The engine over days: the store equals the marketplace; runs and their records, leases, credentials, the doctor.
#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <set>

#include "tests/support/amiss.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/shop.hpp"
#include "tests/support/temp_folder.hpp"

namespace st = stocktracker;
using namespace std::chrono_literals;

namespace {

std::map<std::string, std::int64_t> by_position(const std::vector<st::testing::TruePosition>& truth) {
  std::map<std::string, std::int64_t> map;
  for (const auto& p : truth) map[p.offer + "@" + p.warehouse + std::string(st::to_string(p.kind))] = p.on_hand;
  return map;
}

}  // namespace

TEST_CASE("after a week of synchronisations the store equals the marketplace, position by position") {
  for (const std::uint64_t seed : seeds_to_try(1, 3)) {
    INFO(replay(seed));
    Shop shop({.seed = seed, .offers = 60});
    bool all_ok = true;
    shop.world.run_for(7 * 24h, st::testing::every(3h),
                       [&] { all_ok = all_ok && shop.sync().state == st::RunState::ok; });
    CHECK(all_ok);
    CHECK(shop.total() == shop.truth());
    auto truth = by_position(shop.world.truth(st::Channel::wildberries));
    for (const auto& p : shop.positions()) {
      const std::string key = p.offer.key + "@" + p.warehouse.key + std::string(st::to_string(p.kind));
      CHECK(p.on_hand->units() == truth[key]);  // rows the marketplace left out are zeros
      truth.erase(key);
    }
    CHECK(truth.empty());
    shop.check_ledger();
  }
}

TEST_CASE("an unchanged run writes no level and no entry, and freshness still moves") {
  Shop shop({.seed = 4, .offers = 50, .orders_per_offer_day_x100 = 0});
  const auto first = shop.sync();
  CHECK(first.changes().added > 0);
  const auto entries = shop.engine.ledger().verify().value().entries;
  shop.world.clock()->advance(2h);
  CHECK(shop.positions()[0].age().elapsed == 2h);
  const auto second = shop.sync();
  CHECK(second.state == st::RunState::ok);
  CHECK(second.changes().added + second.changes().changed + second.changes().kept == 0);
  // The catalogue's 50 and every position.
  CHECK(second.changes().unchanged == first.changes().added);
  CHECK(shop.engine.ledger().verify().value().entries == entries);
  CHECK(shop.positions()[0].age().elapsed == 0h);
}

TEST_CASE("connecting again updates the account and keeps its id; a bad token stores nothing") {
  Shop shop;
  const auto again =
      shop.engine.accounts()
          .connect(st::wildberries::credentials(shop.world.token(st::Channel::wildberries)), {.label = "renamed"})
          .value();
  CHECK(again.id == shop.account.id);
  CHECK(again.label == "renamed");
  CHECK(shop.engine.accounts().list().collect().value().size() == 1);
  CHECK(shop.engine.accounts().find("renamed").value().id == again.id);
  CHECK(shop.engine.accounts().find(again.seller_key).value().id == again.id);
  CHECK(shop.engine.accounts().find("nobody").error().errc() == st::Errc::not_found);
  const auto refused = shop.engine.accounts().connect(st::wildberries::credentials(st::Secret::copy_of("nonsense")));
  CHECK(refused.error().errc() == st::Errc::vendor_unauthorized);
  CHECK(shop.engine.accounts().list().collect().value().size() == 1);
}

TEST_CASE("credentials outlive the process only sealed") {
  const TempFolder folder;
  st::testing::World world({.seed = 9, .offers = 10});
  const auto engine = [&](const std::string& key) {
    return st::open({.path = folder.file("shop.db"),
                     .key_file = key,
                     .transport = world.transport(),
                     .clock = world.clock()})
        .value();
  };
  const auto token = world.token(st::Channel::wildberries);
  const auto id = engine(folder.file("key")).accounts().connect(st::wildberries::credentials(token.clone())).value().id;
  CHECK(engine(folder.file("key")).sync().run(id).value().state == st::RunState::ok);
  CHECK(engine("").sync().run(id).error().errc() == st::Errc::key_missing);
  // Nothing that was written holds the token.
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    CHECK(bytes.find(token.reveal()) == std::string::npos);
  }
}

TEST_CASE("an engine without a transport of its own reaches the network, and says when it does not") {
  auto engine = st::open({.path = ":memory:", .retry = {.max_attempts = 1}}).value();
  const auto refused =
      engine.accounts().connect(st::wildberries::credentials(st::Secret::copy_of("t"), "http://127.0.0.1:1"));
  CHECK(refused.error().errc() == st::Errc::connect_failed);
  CHECK(st::open({}).error().errc() == st::Errc::invalid_argument);
  CHECK(engine.sync().run(st::AccountId()).error().errc() == st::Errc::not_found);
}

TEST_CASE("runs are recorded, newest first, with their sources") {
  Shop shop;
  const auto first = shop.sync();
  shop.world.clock()->advance(1h);
  const auto second = shop.sync();
  const auto runs = shop.engine.sync().runs({.page_size = 1}).collect().value();
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].id == second.id);
  CHECK(runs[1].to_json() == first.to_json());
  CHECK(runs[0].requests == second.requests);
  CHECK(second.requests >= 5);
  const auto sources = shop.engine.sync().sources(shop.account.id).value();
  CHECK(sources.size() == first.sources.size());
  for (const auto& s : sources) CHECK(s.state == st::SourceState::ok);
}

TEST_CASE("two runs of one account never overlap, and the second ends with an error") {
  const TempFolder folder;
  st::testing::World world({.seed = 6, .offers = 30});
  // Another engine on the same file, asked to run in the middle of a run: as another process would.
  struct Reentrant final : st::HttpTransport {
    std::shared_ptr<st::HttpTransport> next;
    std::optional<st::Engine> other;
    std::optional<st::AccountId> account;
    std::vector<st::Errc> refused;
    st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
      if (other && account) {
        const auto second = other->sync().run(*account);
        if (!second) refused.push_back(second.error().errc());
      }
      return next->send(request, context);
    }
  };
  auto transport = std::make_shared<Reentrant>();
  transport->next = world.transport();
  const auto open = [&](std::shared_ptr<st::HttpTransport> over) {
    return st::open({.path = folder.file("shop.db"),
                     .key_file = folder.file("key"),
                     .transport = std::move(over),
                     .clock = world.clock(),
                     .executor = st::make_inline_executor()})
        .value();
  };
  auto engine = open(transport);
  const auto account =
      engine.accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries))).value();
  transport->other = open(world.transport());
  transport->account = account.id;
  CHECK(engine.sync().run(account.id).value().state == st::RunState::ok);
  REQUIRE_FALSE(transport->refused.empty());
  for (const auto code : transport->refused) CHECK(code == st::Errc::run_in_progress);
  transport->other.reset();
  CHECK(engine.sync().run(account.id).value().state == st::RunState::ok);
}

TEST_CASE("a run that lost its lease commits nothing") {
  const TempFolder folder;
  st::testing::World world({.seed = 6, .offers = 30, .orders_per_offer_day_x100 = 0});
  struct Slow final : st::HttpTransport {
    std::shared_ptr<st::HttpTransport> next;
    std::shared_ptr<st::testing::ManualClock> clock;
    std::optional<st::Engine> other;
    std::optional<st::AccountId> account;
    st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
      if (other && request.url.find("wb-warehouses") != std::string::npos) {
        clock->advance(20min);  // longer than the lease
        auto engine = std::move(*other);
        other.reset();
        CHECK(engine.sync().run(*account).value().state == st::RunState::ok);
      }
      return next->send(request, context);
    }
  };
  auto transport = std::make_shared<Slow>();
  transport->next = world.transport();
  transport->clock = world.clock();
  const auto open = [&](std::shared_ptr<st::HttpTransport> over) {
    return st::open({.path = folder.file("shop.db"),
                     .key_file = folder.file("key"),
                     .transport = std::move(over),
                     .clock = world.clock(),
                     .executor = st::make_inline_executor()})
        .value();
  };
  auto engine = open(transport);
  const auto account =
      engine.accounts().connect(st::wildberries::credentials(world.token(st::Channel::wildberries))).value();
  transport->other = open(world.transport());
  transport->account = account.id;
  CHECK(engine.sync().run(account.id).error().errc() == st::Errc::lease_lost);
  const auto runs = engine.sync().runs().collect().value();
  REQUIRE(runs.size() == 2);
  CHECK(engine.ledger().verify().value().broken == 0);
}

TEST_CASE("several accounts run in parallel, each with its own outcome") {
  // Answers the first request of each seller when all of them have asked: none of them waits for another to end.
  struct Gathering final : st::HttpTransport {
    std::mutex mutex;
    std::condition_variable all_in;
    std::map<std::string, std::shared_ptr<st::HttpTransport>> worlds;  // by token
    std::set<std::string> in;
    bool gather = false;
    st::Result<st::HttpResponse> send(const st::HttpRequest& request, const st::CallContext& context) override {
      const std::string token(request.secret_headers.at(0).value.reveal());
      if (gather) {
        std::unique_lock lock(mutex);
        in.insert(token);
        all_in.notify_all();
        if (!all_in.wait_for(lock, 60s, [&] { return in.size() == worlds.size(); })) return st::Errc::internal;
      }
      return worlds.at(token)->send(request, context);
    }
  };
  std::vector<std::unique_ptr<st::testing::World>> worlds;
  const auto transport = std::make_shared<Gathering>();
  auto engine = st::open({.path = ":memory:", .limits = st::LimitTable{}, .transport = transport}).value();
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    worlds.push_back(std::make_unique<st::testing::World>(st::testing::WorldOptions{
        .seed = seed, .offers = 10 * static_cast<int>(seed), .orders_per_offer_day_x100 = 0}));
    const auto token = worlds.back()->token(st::Channel::wildberries);
    transport->worlds[std::string(token.reveal())] = worlds.back()->transport();
    REQUIRE(engine.accounts().connect(st::wildberries::credentials(token.clone())));
  }
  transport->gather = true;
  const auto results = engine.sync().run_all().value();
  REQUIRE(results.size() == 3);
  CHECK(transport->in.size() == 3);
  const auto accounts = engine.accounts().list().collect().value();
  REQUIRE(accounts.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(results[i]);
    CHECK(results[i].value().state == st::RunState::ok);
    CHECK(results[i].value().account == accounts[i].id);  // in the order of the accounts
    const auto owner = std::find_if(worlds.begin(), worlds.end(), [&](const auto& world) {
      return world->seller(st::Channel::wildberries) == accounts[i].seller_key;
    });
    REQUIRE(owner != worlds.end());
    CHECK(engine.stock().total(accounts[i].id).value().on_hand.units() ==
          (*owner)->true_total(st::Channel::wildberries));
  }
  CHECK(engine.ledger().verify().value().broken == 0);
}

TEST_CASE("the doctor finds a sound store sound") {
  const TempFolder folder;
  Shop shop({.seed = 8, .offers = 30}, folder.file("shop.db"));
  shop.sync();
  CHECK(amiss(shop.engine.doctor()) == "");
}
