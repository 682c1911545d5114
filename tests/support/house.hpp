// Two tenants with a seller each, in one folder: what tests of tenants begin with.
#pragma once

#include <functional>
#include <string>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/adapters/wildberries.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/seeded_random.hpp>
#include <stocktracker/testing/world.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

// Calls `in_between` before each request of the engine.
class Hooked final : public stocktracker::HttpTransport {
 public:
  explicit Hooked(std::shared_ptr<stocktracker::HttpTransport> next) : next_(std::move(next)) {}
  stocktracker::Result<stocktracker::HttpResponse> send(const stocktracker::HttpRequest& request,
                                                        const stocktracker::CallContext& context) override {
    if (in_between) in_between();
    return next_->send(request, context);
  }
  std::function<void()> in_between;

 private:
  std::shared_ptr<stocktracker::HttpTransport> next_;
};

// Two tenants with a seller each, on one installation: a folder, or what `make_storage` makes.
struct House {
  // Opens the store of a house; `place` is empty the first time and names it from then on.
  static inline std::function<std::shared_ptr<stocktracker::Storage>(std::string& place)> make_storage;

  explicit House(std::uint64_t seed = 71)
      : first({.seed = seed, .offers = 40}), second({.seed = seed + 1, .offers = 40}) {}

  stocktracker::Engine open(const stocktracker::testing::World& world, bool with_key = true) {
    transport = std::make_shared<Hooked>(world.transport());
    const auto storage = make_storage ? make_storage(place) : nullptr;
    return stocktracker::open({.path = storage ? std::string() : folder.file("house") + "/",
                               .storage = storage,
                               .key_file = with_key ? folder.file("house.key") : std::string(),
                               .limits = stocktracker::LimitTable{},
                               .transport = transport,
                               .clock = world.clock(),
                               .random = std::make_shared<stocktracker::testing::SeededRandom>(++opened),
                               .executor = stocktracker::make_inline_executor(),
                               .audit = audit})
        .value();
  }
  stocktracker::TenantId tenant(const std::string& name) {
    auto engine = open(first);
    return engine.tenants().create(name).value().id;
  }
  // Connects and synchronises the seller of that world for the tenant.
  stocktracker::AccountId seller(const stocktracker::TenantId& tenant, stocktracker::testing::World& world) {
    auto engine = open(world);
    const stocktracker::CallContext context{.tenant = tenant};
    const auto account =
        engine.accounts()
            .connect(stocktracker::wildberries::credentials(world.token(stocktracker::Channel::wildberries)), {},
                     context)
            .value();
    REQUIRE(engine.sync().run(account.id, context).value().state == stocktracker::RunState::ok);
    return account.id;
  }
  static std::string picture(const stocktracker::Engine& engine, const stocktracker::TenantId& tenant) {
    std::string text;
    const stocktracker::CallContext context{.tenant = tenant};
    const auto rows = engine.stock().positions({}, context).collect().value();
    for (const auto& p : rows) text += p.offer.key + "@" + p.warehouse.key + to_string(p.state) + "\n";
    const auto movements = engine.ledger().movements({}, context).collect().value();
    for (const auto& m : movements) text += m.explain() + "\n";
    const auto runs = engine.sync().runs({}, context).collect().value();
    for (const auto& run : runs) text += run.id.text() + to_string(run.state) + "\n";
    const auto accounts = engine.accounts().list(context).collect().value();
    for (const auto& account : accounts) text += account.id.text() + account.label + "\n";
    return text;
  }

  TempFolder folder;
  stocktracker::testing::World first;
  stocktracker::testing::World second;
  std::shared_ptr<Hooked> transport;
  std::shared_ptr<stocktracker::AuditSink> audit;  // of the engines that are opened from then on
  std::uint64_t opened = 0;
  std::string place;
};
