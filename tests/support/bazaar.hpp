// A channel of our own, whose lists are what a test says, connected to an engine on a manual clock.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <stocktracker/adapters/system.hpp>
#include <stocktracker/assembly/open.hpp>
#include <stocktracker/stocktracker.hpp>
#include <stocktracker/testing/manual_clock.hpp>
#include <stocktracker/testing/seeded_random.hpp>

#include "tests/support/catch.hpp"

// The offers N0, N1, ... of a large catalogue.
inline std::vector<std::string> numbered_keys(int count) {
  std::vector<std::string> keys;
  for (int i = 0; i < count; ++i) keys.push_back("N" + std::to_string(i));
  return keys;
}

// Units of `count` of these offers, from N`from` on.
inline std::map<std::string, std::int64_t> numbered_units(int from, int count, std::int64_t amount) {
  std::map<std::string, std::int64_t> units;
  for (int i = from; i < from + count; ++i) units["N" + std::to_string(i)] = amount;
  return units;
}

struct Bazaar {
  template <class Sink>
  using List = std::function<stocktracker::Result<void>(Sink&, const stocktracker::CallContext&)>;

  static constexpr stocktracker::Channel kChannel{"bazaar"};

  stocktracker::Capabilities can{.channel = kChannel,
                                 .zone = "UTC",
                                 .fbo_absent = stocktracker::Absent::zero,
                                 .fbs_absent = stocktracker::Absent::unknown,
                                 .orders = true,
                                 .prices = true};
  bool fbo_needs_offers = false;
  std::string seller = "b1";
  std::string seller_name = "Stall";
  // What credentials say of themselves, what the bazaar says of them when it is asked, and what stays of earlier ones.
  std::function<std::vector<stocktracker::CredentialFacts>(const stocktracker::Credentials&)> facts;
  std::vector<stocktracker::CredentialFacts> asked_facts;
  std::function<stocktracker::Credentials(stocktracker::Credentials held, stocktracker::Credentials fresh)> merged;
  std::shared_ptr<stocktracker::HttpTransport> transport;  // of the connector that was made last
  std::shared_ptr<stocktracker::AccountMemory> memory;     // likewise
  List<stocktracker::OfferSink> offers;
  List<stocktracker::WarehouseSink> warehouses;
  // By the seller warehouse's key; "" is the marketplace's own.
  std::map<std::string,
           std::function<stocktracker::Result<void>(const stocktracker::StockQuery&, stocktracker::StockSink&,
                                                    const stocktracker::CallContext&)>>
      stock;
  std::function<stocktracker::Result<stocktracker::OrderCoverage>(
      const stocktracker::OrderQuery&, stocktracker::OrderSink&, const stocktracker::CallContext&)>
      orders;
  List<stocktracker::PriceSink> prices;
  std::shared_ptr<stocktracker::testing::ManualClock> clock =
      std::make_shared<stocktracker::testing::ManualClock>(stocktracker::Instant::from_seconds(1'795'300'000));
  stocktracker::RetryPolicy retry{};  // of the engines that are opened here

  // The catalogue: these keys.
  void list(std::vector<std::string> keys) {
    offers = [keys](stocktracker::OfferSink& sink, const stocktracker::CallContext&) {
      std::vector<stocktracker::OfferRow> rows;
      for (const std::string& key : keys) {
        stocktracker::OfferRow row;
        row.key = row.article = key;
        rows.push_back(row);
      }
      return sink.offers(rows);
    };
  }
  void sell_from(std::vector<std::string> keys) {
    warehouses = [keys](stocktracker::WarehouseSink& sink, const stocktracker::CallContext&) {
      std::vector<stocktracker::WarehouseRow> rows;
      for (const std::string& key : keys) rows.push_back({key, key, true});
      return sink.warehouses(rows);
    };
  }
  // What a page holds: units by offer, in warehouse `name`.
  static stocktracker::StockPage page(const std::string& name, stocktracker::WarehouseKind kind,
                                      const std::map<std::string, std::int64_t>& units) {
    stocktracker::StockPage rows;
    const auto warehouse = rows.add_warehouse({name, name, "", kind});
    for (const auto& [offer, amount] : units) {
      rows.push({.offer = offer, .warehouse = warehouse, .on_hand = amount});
    }
    return rows;
  }
  void hold_fbo(std::map<std::string, std::int64_t> units, std::string name = "M") {
    stock[""] = [units, name](const stocktracker::StockQuery&, stocktracker::StockSink& sink,
                              const stocktracker::CallContext&) {
      return sink.rows(page(name, stocktracker::WarehouseKind::marketplace, units));
    };
  }
  void hold_fbs(const std::string& warehouse, std::map<std::string, std::int64_t> units) {
    stock[warehouse] = [units, warehouse](const stocktracker::StockQuery&, stocktracker::StockSink& sink,
                                          const stocktracker::CallContext&) {
      return sink.rows(page(warehouse, stocktracker::WarehouseKind::seller, units));
    };
  }
};

class BazaarConnector final : public stocktracker::Connector {
 public:
  explicit BazaarConnector(Bazaar& bazaar) : bazaar_(bazaar) {}
  const stocktracker::Capabilities& capabilities() const noexcept override { return bazaar_.can; }
  stocktracker::Result<stocktracker::SellerIdentity> verify_credentials(const stocktracker::CallContext&) override {
    return stocktracker::SellerIdentity{bazaar_.seller, bazaar_.seller_name};
  }
  stocktracker::Result<std::vector<stocktracker::CredentialFacts>> ask_facts(
      const stocktracker::CallContext&) override {
    return bazaar_.asked_facts;
  }
  stocktracker::Result<void> list_offers(stocktracker::OfferSink& sink,
                                         const stocktracker::CallContext& context) override {
    return bazaar_.offers ? bazaar_.offers(sink, context) : stocktracker::Result<void>(stocktracker::success());
  }
  stocktracker::Result<void> list_warehouses(stocktracker::WarehouseSink& sink,
                                             const stocktracker::CallContext& context) override {
    return bazaar_.warehouses ? bazaar_.warehouses(sink, context) : stocktracker::Result<void>(stocktracker::success());
  }
  stocktracker::Result<void> fetch_stock(const stocktracker::StockQuery& query, stocktracker::StockSink& sink,
                                         const stocktracker::CallContext& context) override {
    const auto found = bazaar_.stock.find(std::string(query.warehouse));
    if (found == bazaar_.stock.end()) return stocktracker::success();
    return found->second(query, sink, context);
  }
  stocktracker::Result<stocktracker::OrderCoverage> fetch_orders(const stocktracker::OrderQuery& query,
                                                                 stocktracker::OrderSink& sink,
                                                                 const stocktracker::CallContext& context) override {
    if (bazaar_.orders) return bazaar_.orders(query, sink, context);
    return stocktracker::OrderCoverage{query.since, bazaar_.clock->now()};
  }
  stocktracker::Result<void> fetch_prices(stocktracker::PriceSink& sink,
                                          const stocktracker::CallContext& context) override {
    return bazaar_.prices ? bazaar_.prices(sink, context) : stocktracker::Result<void>(stocktracker::success());
  }
  bool fbo_needs_offers() const noexcept override { return bazaar_.fbo_needs_offers; }

 private:
  Bazaar& bazaar_;
};

class BazaarFactory final : public stocktracker::ConnectorFactory {
 public:
  explicit BazaarFactory(Bazaar& bazaar) : bazaar_(bazaar) {}
  stocktracker::Channel channel() const noexcept override { return Bazaar::kChannel; }
  stocktracker::Result<std::shared_ptr<stocktracker::Connector>> connect(
      const stocktracker::Credentials&, const stocktracker::ConnectorPorts& ports) override {
    bazaar_.transport = ports.transport;
    bazaar_.memory = ports.memory;
    return std::make_shared<BazaarConnector>(bazaar_);
  }
  std::vector<stocktracker::CredentialFacts> facts(const stocktracker::Credentials& credentials) const override {
    return bazaar_.facts ? bazaar_.facts(credentials) : std::vector<stocktracker::CredentialFacts>();
  }
  stocktracker::Credentials merged(stocktracker::Credentials held, stocktracker::Credentials fresh,
                                   stocktracker::Instant) const override {
    return bazaar_.merged ? bazaar_.merged(std::move(held), std::move(fresh)) : std::move(fresh);
  }

 private:
  Bazaar& bazaar_;
};

// One account at the bazaar.
struct Stall {
  explicit Stall(Bazaar& at, const std::string& path = ":memory:", std::uint64_t seed = 1)
      : bazaar(at),
        engine(stocktracker::open({.path = path,
                                   .retry = at.retry,
                                   .clock = at.clock,
                                   .random = std::make_shared<stocktracker::testing::SeededRandom>(seed),
                                   .executor = stocktracker::make_inline_executor(),
                                   .connectors = {std::make_shared<BazaarFactory>(at)}})
                   .value()) {
    stocktracker::Credentials credentials;
    credentials.channel = Bazaar::kChannel;
    credentials.parts.push_back({"key", stocktracker::Secret::copy_of("k")});
    account = engine.accounts().connect(std::move(credentials)).value().id;
  }

  stocktracker::SyncRun sync(const stocktracker::SyncOptions& options = {},
                             const stocktracker::CallContext& context = {}) {
    auto run = engine.sync().run(account, options, context);
    REQUIRE(run);
    return std::move(run).value();
  }
  static const stocktracker::SourceOutcome& source(const stocktracker::SyncRun& run, const std::string& name) {
    for (const auto& one : run.sources) {
      if (one.name == name) return one;
    }
    FAIL("no source " << name);
    return run.sources.front();
  }
  // "A@M=5 B@M=7~" of all positions, by key; ~ kept, ! gone, ? unknown.
  std::string picture() {
    const auto all = engine.stock().positions().collect().value();
    std::vector<std::string> sorted;
    for (const auto& p : all) {
      std::string text = p.offer.key + "@" + p.warehouse.key + "=";
      text += p.on_hand ? std::to_string(p.on_hand->units()) : "?";
      if (p.state == stocktracker::PositionState::kept) text += "~";
      if (p.state == stocktracker::PositionState::gone) text += "!";
      sorted.push_back(std::move(text));
    }
    std::sort(sorted.begin(), sorted.end());
    std::string text;
    for (const std::string& one : sorted) text += (text.empty() ? "" : " ") + one;
    return text;
  }
  stocktracker::StockTotal total() { return engine.stock().total(account).value(); }
  void pass(stocktracker::Duration time) { bazaar.clock->advance(time); }
  void check_ledger() {
    const auto checked = engine.ledger().verify().value();
    CAPTURE(checked.faults);
    CHECK(checked.broken == 0);
  }

  Bazaar& bazaar;
  stocktracker::Engine engine;
  stocktracker::AccountId account;
};
