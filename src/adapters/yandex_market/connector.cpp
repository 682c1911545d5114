#include <algorithm>
#include <charconv>
#include <mutex>

#include "adapters/yandex_market/cabinet.hpp"
#include "adapters/yandex_market/key.hpp"
#include "adapters/yandex_market/offers.hpp"
#include "adapters/yandex_market/orders.hpp"
#include "adapters/yandex_market/prices.hpp"
#include "adapters/yandex_market/stock.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

constexpr std::string_view kToken = "yandex_market.auth_token";

class YandexMarketConnector final : public Connector {
 public:
  YandexMarketConnector(const Options& options, std::shared_ptr<Key> key, const ConnectorPorts& ports)
      : key_(key), calls_(options, authorized(std::move(key), ports)) {}

  const Capabilities& capabilities() const noexcept override { return yandex_market::capabilities(); }

  Result<SellerIdentity> verify_credentials(const CallContext& context) override {
    STK_TRY(const auto cabinet, read(context));
    return SellerIdentity{std::to_string(cabinet->business), cabinet->name};
  }

  Result<std::vector<CredentialFacts>> ask_facts(const CallContext& context) override {
    STK_TRY(const auto response, calls_.post("/v2/auth/token", kToken, "", context));
    STK_TRY(const auto document, json::Document::parse(response.body));
    CredentialFacts facts;
    facts.part = kApiKeyPart;
    bool writes = false;
    const json::Value scopes = document.root()["result"]["apiKey"]["authScopes"];
    STK_TRY(const bool listed, scopes.each([&](json::Value scope) -> Result<void> {
      const auto name = scope.text();
      if (!name) return Error(Errc::vendor_schema, "authScopes holds something that is not a text").about("authScopes");
      facts.categories.emplace_back(*name);
      writes = writes || !name->ends_with("READ_ONLY");
      return success();
    }));
    if (!listed) return Error(Errc::vendor_schema, "authScopes is not an array").during(kToken).about("authScopes");
    facts.read_only = !facts.categories.empty() && !writes;
    return std::vector<CredentialFacts>{std::move(facts)};
  }

  Result<void> list_offers(OfferSink& sink, const CallContext& context) override {
    STK_TRY(const auto cabinet, known(context));
    return yandex_market::list_offers(calls_, cabinet->business, sink, context);
  }

  Result<void> list_warehouses(WarehouseSink& sink, const CallContext& context) override {
    STK_TRY(const auto warehouses, read_warehouses(context));
    RowTexts texts;
    std::vector<WarehouseRow> rows;
    for (const OwnWarehouse& one : *warehouses) rows.push_back({texts.add(one.id), one.name, true});
    return sink.warehouses(rows);
  }

  Result<void> fetch_stock(const StockQuery& query, StockSink& sink, const CallContext& context) override {
    STK_TRY(const auto cabinet, known(context));
    if (query.kind == StockKind::fbo) return fetch_marketplace_stock(calls_, *cabinet, sink, context);
    std::int64_t id = 0;
    const char* end = query.warehouse.data() + query.warehouse.size();
    if (std::from_chars(query.warehouse.data(), end, id).ptr != end || id <= 0) {
      return Error(Errc::invalid_argument, "not a warehouse of Yandex Market").about("query.warehouse");
    }
    STK_TRY(const auto warehouses, known_warehouses(context));
    const auto found =
        std::find_if(warehouses->begin(), warehouses->end(), [&](const OwnWarehouse& one) { return one.id == id; });
    if (found == warehouses->end()) {
      return Error(Errc::vendor_contradiction, "the cabinet does not list warehouse " + std::to_string(id)).may_retry();
    }
    OwnWarehouse warehouse = *found;
    if (!query.warehouse_name.empty()) warehouse.name = query.warehouse_name;
    return fetch_own_stock(calls_, *cabinet, warehouse, query.offers, sink, context);
  }

  Result<OrderCoverage> fetch_orders(const OrderQuery& query, OrderSink& sink, const CallContext& context) override {
    STK_TRY(const auto cabinet, known(context));
    return yandex_market::fetch_orders(calls_, cabinet->business, query.since, sink, context);
  }

  Result<void> fetch_prices(PriceSink& sink, const CallContext& context) override {
    STK_TRY(const auto cabinet, known(context));
    return yandex_market::fetch_prices(calls_, cabinet->business, sink, context);
  }

 private:
  using Warehouses = std::shared_ptr<const std::vector<OwnWarehouse>>;

  static ConnectorPorts authorized(std::shared_ptr<Key> key, ConnectorPorts ports) {
    ports.transport = with_auth(std::move(key), std::move(ports.transport), ports.clock);
    return ports;
  }

  Result<std::shared_ptr<const Cabinet>> read(const CallContext& context) {
    STK_TRY(auto cabinet, read_cabinet(calls_, key_->named_business(), context));
    key_->belongs_to(cabinet.business);
    const std::lock_guard lock(mutex_);
    cabinet_ = std::make_shared<const Cabinet>(std::move(cabinet));
    return cabinet_;
  }
  Result<std::shared_ptr<const Cabinet>> known(const CallContext& context) {
    {
      const std::lock_guard lock(mutex_);
      if (cabinet_) return cabinet_;
    }
    return read(context);
  }
  /// Whether a cabinet works with groups may change: asked again with each list.
  Result<Warehouses> read_warehouses(const CallContext& context) {
    STK_TRY(const auto cabinet, known(context));
    STK_TRY(auto warehouses, read_own_warehouses(calls_, cabinet->business, context));
    const std::lock_guard lock(mutex_);
    warehouses_ = std::make_shared<const std::vector<OwnWarehouse>>(std::move(warehouses));
    return warehouses_;
  }
  Result<Warehouses> known_warehouses(const CallContext& context) {
    {
      const std::lock_guard lock(mutex_);
      if (warehouses_) return warehouses_;
    }
    return read_warehouses(context);
  }

  const std::shared_ptr<Key> key_;
  const Calls calls_;
  std::mutex mutex_;
  std::shared_ptr<const Cabinet> cabinet_;
  Warehouses warehouses_;
};

class YandexMarketFactory final : public ConnectorFactory {
 public:
  explicit YandexMarketFactory(Options options) : options_(std::move(options)) {}

  Channel channel() const noexcept override { return Channel::yandex_market; }

  Result<std::shared_ptr<Connector>> connect(const Credentials& credentials, const ConnectorPorts& ports) override {
    STK_TRY(auto key, Key::make(credentials));
    Options options = options_;
    if (const Secret* base_url = credentials.find(kBaseUrlPart)) {
      options.host = std::string(base_url->reveal());
      while (options.host.ends_with('/')) options.host.pop_back();
      STK_TRY(options.validate());
    }
    return std::make_shared<YandexMarketConnector>(options, std::move(key), ports);
  }

  /// A cabinet and an address that are not given again stay as they were.
  Credentials merged(Credentials held, Credentials fresh, Instant) const override {
    for (CredentialPart& part : held.parts) {
      const bool kept = part.name == kBaseUrlPart || part.name == kBusinessPart;
      if (kept && fresh.find(part.name) == nullptr) fresh.parts.push_back(std::move(part));
    }
    return fresh;
  }

 private:
  Options options_;
};

}  // namespace

Result<std::shared_ptr<ConnectorFactory>> make_factory(Options options) {
  STK_TRY(options.validate());
  return std::make_shared<YandexMarketFactory>(std::move(options));
}

}  // namespace stocktracker::inline v0::yandex_market
