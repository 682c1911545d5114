// Accounts of one seller over one store, each with a connector and an engine of a test's own.
#pragma once

#include <stocktracker/adapters/sqlite.hpp>

#include "tests/support/steps.hpp"
#include "tests/support/temp_folder.hpp"

namespace run_rules {

namespace st = stocktracker;

inline st::SyncOptions everything() {
  st::SyncOptions options;
  options.orders = options.prices = true;
  return options;
}

// Stalls over one store, as accounts of one seller's.
struct Market {
  std::shared_ptr<st::testing::ManualClock> clock = std::make_shared<st::testing::ManualClock>();
  TempFolder folder;
  std::shared_ptr<st::Storage> storage =
      st::make_sqlite_storage({.path = ":memory:", .schema = st::schema(), .clock = clock}).value();

  // Rows of the outbox, by what they say: one for each run that anybody should hear of.
  [[nodiscard]] std::vector<std::string> events() const { return stored_rows(*storage).at("outbox"); }
};

// A stall whose connector and engine are a test's own.
struct Booth {
  Booth(Market& market, std::string seller, std::uint64_t seed,
        std::shared_ptr<st::HttpTransport> transport = nullptr) {
    bazaar.clock = market.clock;
    bazaar.seller = std::move(seller);
    engine.emplace(st::open({.storage = market.storage,
                             .key_file = market.folder.file("key"),
                             .limits = st::LimitTable{},
                             .transport = std::move(transport),
                             .clock = market.clock,
                             .random = std::make_shared<st::testing::SeededRandom>(seed),
                             .executor = st::make_inline_executor(),
                             .connectors = {std::make_shared<BazaarFactory>(bazaar)}})
                       .value());
    st::Credentials credentials;
    credentials.channel = Bazaar::kChannel;
    credentials.parts.push_back({"key", st::Secret::copy_of("k")});
    account = engine->accounts().connect(std::move(credentials)).value().id;
  }
  st::SyncRun sync(const st::SyncOptions& options = {}, const st::CallContext& context = {}) {
    auto run = engine->sync().run(account, options, context);
    REQUIRE(run);
    return std::move(run).value();
  }

  Bazaar bazaar;
  std::optional<st::Engine> engine;
  st::AccountId account;
};

}  // namespace run_rules
