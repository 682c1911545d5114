// YandexMarketConnector and its factory: which requests each call makes.
#include <array>

#include "adapters/yandex_market/cabinet.hpp"
#include "adapters/yandex_market/key.hpp"
#include "adapters/yandex_market/offers.hpp"
#include "adapters/yandex_market/orders.hpp"
#include "adapters/yandex_market/prices.hpp"
#include "adapters/yandex_market/stock.hpp"
#include "json/lenient.hpp"
#include "marketplace/remembered.hpp"
#include "marketplace/request_counts.hpp"

namespace stocktracker::inline v0::yandex_market {
namespace {

constexpr std::string_view kToken = "yandex_market.auth_token";

class YandexMarketConnector final : public Connector, public RequestCounts {
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
    const auto scope = [&](json::Value one) -> Result<void> {
      const auto name = one.text();
      if (!name) return row_error("authScopes", "holds something that is not a text");
      facts.categories.emplace_back(*name);
      writes = writes || !name->ends_with("READ_ONLY");
      return success();
    };
    const json::Value key = document.root()["result"]["apiKey"];
    STK_TRY(in_operation(kToken, json::each_of_list(key, "result.apiKey.authScopes", scope)));
    facts.read_only = !facts.categories.empty() && !writes;
    return std::vector<CredentialFacts>{std::move(facts)};
  }

  Result<void> list_offers(OfferSink& sink, const CallContext& context) override {
    STK_TRY(const auto cabinet, known(context));
    return yandex_market::list_offers(calls_, cabinet->business, sink, context);
  }

  Result<void> list_warehouses(WarehouseSink& sink, const CallContext& context) override {
    STK_TRY(const auto places, read_places(context));
    places->odd.report_to(sink);
    std::vector<WarehouseRow> rows;
    for (const OwnPlace& one : places->all) rows.push_back({one.key, one.name, true});
    return sink.warehouses(rows);
  }

  Result<void> fetch_stock(const StockQuery& query, StockSink& sink, const CallContext& context) override {
    STK_TRY(const auto cabinet, known(context));
    if (query.kind == StockKind::fbo) return fetch_marketplace_stock(calls_, *cabinet, sink, context);
    std::string_view digits = query.warehouse;
    if (digits.starts_with(kGroupPrefix)) digits.remove_prefix(kGroupPrefix.size());
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
      return Error(Errc::invalid_argument, "not a warehouse of Yandex Market").about("query.warehouse");
    }
    auto places = places_.get();
    if (!places) {
      STK_TRY(places, read_places(context));
    }
    STK_TRY(const OwnPlace place, places->find(query.warehouse));
    return fetch_own_stock(calls_, *cabinet, place, query.warehouse_name, query.offers, sink, context);
  }

  Result<OrderCoverage> fetch_orders(const OrderQuery& query, OrderSink& sink, const CallContext& context) override {
    STK_TRY(const auto cabinet, known(context));
    return yandex_market::fetch_orders(calls_, cabinet->business, query, sink, context);
  }

  Result<void> fetch_prices(PriceSink& sink, const CallContext& context) override {
    STK_TRY(const auto cabinet, known(context));
    return yandex_market::fetch_prices(calls_, cabinet->business, sink, context);
  }

  RequestCount requests_of(ListedSource source, const KnownRows& known) const noexcept override {
    const Options& options = calls_.options();
    switch (source) {
      case ListedSource::catalogue:
        return {pages_of(known.offers, options.offers_per_page), true};
      case ListedSource::fbo:  // the names of the warehouses, and the pages of each shop
        return {1 + pages_of(known.fbo_offers, options.stock_offers_per_page), true};
      case ListedSource::fbs:
        return {pages_of(known.offers, options.offers_per_stock_request)};
      case ListedSource::prices:
        return {pages_of(known.offers, options.prices_per_page), true};
      case ListedSource::warehouses:
      case ListedSource::orders:
        break;
    }
    return {1, true};
  }

 private:
  Result<std::shared_ptr<const Cabinet>> read(const CallContext& context) {
    STK_TRY(auto cabinet, read_cabinet(calls_, key_->named_business(), context));
    key_->belongs_to(cabinet.business);
    return cabinet_.set(std::move(cabinet));
  }
  Result<std::shared_ptr<const Cabinet>> known(const CallContext& context) {
    if (auto cabinet = cabinet_.get()) return cabinet;
    return read(context);
  }
  /// A cabinet may start to use groups: read again with each list.
  Result<std::shared_ptr<const OwnPlaces>> read_places(const CallContext& context) {
    STK_TRY(const auto cabinet, known(context));
    STK_TRY(auto places, read_own_places(calls_, *cabinet, context));
    return places_.set(std::move(places));
  }

  const std::shared_ptr<Key> key_;
  const Calls calls_;
  Remembered<Cabinet> cabinet_;
  Remembered<OwnPlaces> places_;
};

/// yandex.ru/dev/market/partner-api, 2026-08-19.
constexpr std::array<std::string_view, 1> kApiHosts{"api.partner.market.yandex.ru"};

class YandexMarketFactory final : public ConnectorFactory {
 public:
  explicit YandexMarketFactory(Options options) : options_(std::move(options)) {}

  Channel channel() const noexcept override { return Channel::yandex_market; }
  std::vector<std::string> hosts() const override { return api_hosts(kApiHosts, {options_.host}); }

  Result<std::shared_ptr<Connector>> connect(const Credentials& credentials, const ConnectorPorts& ports) override {
    STK_TRY(auto key, Key::make(credentials));
    Options options = options_;
    if (auto base_url = base_url_of(credentials)) {
      options.host = std::move(*base_url);
      STK_TRY(options.validate());
    }
    return std::make_shared<YandexMarketConnector>(options, std::move(key), ports);
  }

  /// A cabinet that is not given again is not changed.
  Credentials merged(Credentials held, Credentials fresh, Instant) const override {
    return keep_parts(std::move(held), std::move(fresh), {kBusinessPart});
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
